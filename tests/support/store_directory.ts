import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  LocalFileOffsetStore,
  OffsetTable,
  type OpenOptions,
  parse,
  serialize,
} from "../../mod.ts";

/** Queue `id` of one topic. */
export function queue(queueId: number, topic = "orders") {
  return { topic, brokerName: "broker-a", queueId };
}

/** A table of queues 0, 1, … with these offsets. */
export function tableOf(...offsets: (bigint | number)[]): OffsetTable {
  return OffsetTable.from(offsets.map((offset, id) => [queue(id), offset] as const));
}

/** A root directory of its own for one test, and the store's files in it. */
export class StoreDirectory implements AsyncDisposable {
  readonly root: string;
  readonly directory: string;
  readonly main: string;
  #writes = 0;
  readonly #opened: LocalFileOffsetStore[] = [];

  private constructor(root: string) {
    this.root = root;
    this.directory = join(root, "client", "group");
    this.main = join(this.directory, "offset.json");
  }

  static async make(files: Record<string, string | OffsetTable> = {}): Promise<StoreDirectory> {
    const made = new StoreDirectory(await mkdtemp(join(tmpdir(), "offsetstore-")));
    if (Object.keys(files).length > 0) await mkdir(made.directory, { recursive: true });
    for (const [name, content] of Object.entries(files)) await made.write(name, content);
    return made;
  }

  async open(options: Partial<OpenOptions> = {}): Promise<LocalFileOffsetStore> {
    const store = await LocalFileOffsetStore.open({
      clientId: "client",
      group: "group",
      root: this.root,
      ...options,
    });
    this.#opened.push(store);
    return store;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async write(name: string, content: string | OffsetTable): Promise<void> {
    const text = typeof content === "string" ? content : serialize(content);
    await writeFile(this.path(name), text);
    // Each at a time of its own, long ago: what is only just written is looked at twice.
    await utimes(this.path(name), 1e9, 1e9 + this.#writes++);
  }

  text(name: string): Promise<string> {
    return readFile(this.path(name), "utf8");
  }

  async table(name = "offset.json"): Promise<OffsetTable> {
    return parse(await this.text(name));
  }

  async names(): Promise<string[]> {
    return (await readdir(this.directory)).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A store may still compact behind a persist: what it writes then must not be in the way. That
    // it cannot write, a test of failing calls has brought about; and that it waits for ever, a test
    // that failed while it held it up.
    const closed = Promise.allSettled(this.#opened.map((store) => store.close()));
    const enough = new AbortController();
    await Promise.race([closed, setTimeout(5000, undefined, enough)]);
    enough.abort();
    await rm(this.root, { recursive: true, force: true });
  }
}
