import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  decode,
  type MessageQueue,
  type OffsetFileFormat,
  type OffsetTable,
  parse,
  type ReadType,
  serialize,
} from "../../src/core/mod.ts";
import type { CheckedDriver } from "./checked_driver.ts";
import {
  contentsBelow,
  deleteClientFile,
  filesBelow,
  readClientFile,
  setTime,
  writeClientFile,
} from "./client_files.ts";
import { CLIENT_ID, type Ground, GROUP, type Mode } from "./ground.ts";
import type { Answer, Request } from "./protocol.ts";
import { tellAnswer, tellCall, tellTable } from "./tell.ts";
import { DriverDied, Unsupported, Violation } from "./verdict.ts";

/** A file of a store: main, its backup, or a temporary file that was never renamed to main. */
export type Role = "main" | "backup" | "temporary";

const SUFFIX: Record<Role, string> = { main: "", backup: ".bak", temporary: ".tmp" };

/** One case: a client with a fresh root directory, and the story of the calls and acts. */
export class World implements AsyncDisposable {
  readonly story: string[] = [];
  readonly ground: Ground;
  root: string;
  mode: Mode = "plain";
  /** Whether the case accepts a failure that the client does not report. */
  lenient = false;
  /** The time of the next change from outside, in seconds. Each change is later than the one before. */
  #outside = Math.floor(Date.now() / 1000) - 3600;

  constructor(ground: Ground) {
    this.ground = ground;
    this.root = ground.newRoot();
  }

  /** Makes a case's directory, with the store's own directory in it. */
  static async make(ground: Ground): Promise<World> {
    const world = new World(ground);
    await world.makeDirectory();
    return world;
  }

  async makeDirectory(): Promise<void> {
    await mkdir(dirname(this.path("main")), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ground.directory.remove(this.root);
  }

  // The calls.

  /** Opens the store, as a new run of the consumer does. */
  open(clientId = CLIENT_ID, group = GROUP): Promise<Answer> {
    return this.#told({ op: "open", root: this.root, clientId, group });
  }

  /** Opens the store, which must succeed. */
  async openWell(): Promise<Answer> {
    const answer = await this.open();
    if (!answer.ok) this.fail("the store opens", `open answers "${answer.error}"`);
    return answer;
  }

  update(mq: MessageQueue, offset: bigint | string, increaseOnly = false): Promise<Answer> {
    return this.#told({ op: "update", mq, offset: String(offset), increaseOnly });
  }

  freeze(mq: MessageQueue, offset: bigint): Promise<Answer> {
    return this.#told({ op: "freeze", mq, offset: String(offset) });
  }

  async read(mq: MessageQueue, type: ReadType): Promise<bigint | undefined> {
    return offsetOf(await this.#told({ op: "read", mq, type }));
  }

  persist(mqs?: readonly MessageQueue[]): Promise<Answer> {
    return this.#told(mqs === undefined ? { op: "persist" } : { op: "persist", mqs });
  }

  /** Persists, which must succeed. */
  async persistWell(): Promise<void> {
    const answer = await this.persist();
    if (!answer.ok) this.fail("persist succeeds", `it answers "${answer.error}"`);
  }

  remove(mq: MessageQueue): Promise<Answer> {
    return this.#told({ op: "remove", mq });
  }

  offsets(topic: string): Promise<Answer> {
    return this.#told({ op: "offsets", topic });
  }

  close(): Promise<Answer> {
    return this.#told({ op: "close" });
  }

  /** Kills the process, and opens the store in a new one. */
  async killAndOpen(): Promise<Answer> {
    await this.ground.kill(this.mode);
    this.tell("the process is killed with SIGKILL");
    return this.open();
  }

  /** The offset of each queue in memory, `-1n` for none. The story does not show these reads. */
  async look(queues: readonly MessageQueue[]): Promise<bigint[]> {
    const answers = await Promise.all(
      queues.map((mq) => this.#ask({ op: "read", mq, type: "memory" })),
    );
    return answers.map((answer) => {
      const offset = offsetOf(answer);
      if (offset === undefined) this.fail("memory can be read", `read${tellAnswer(answer)}`);
      return offset!;
    });
  }

  driver(): Promise<CheckedDriver> {
    return this.ground.driver(this.mode);
  }

  async #told(request: Request): Promise<Answer> {
    const index = this.story.push(tellCall(request)) - 1;
    const answer = await this.#ask(request);
    this.story[index] += tellAnswer(answer);
    if (!answer.ok && answer.error === "unsupported") throw new Unsupported(tellCall(request));
    return answer;
  }

  /** Asks the driver. A driver that has died is replaced at the next call. */
  async #ask(request: Request): Promise<Answer> {
    const driver = await this.driver();
    try {
      return await driver.request(request);
    } catch (error) {
      if (error instanceof DriverDied) await this.ground.kill(this.mode);
      throw error;
    }
  }

  // The files.

  path(role: Role): string {
    return join(this.root, this.ground.main) + SUFFIX[role];
  }

  name(role: Role): string {
    return basename(this.path(role));
  }

  /** Writes a table into a file, as another process does. */
  async put(
    role: Role,
    table: OffsetTable,
    format: OffsetFileFormat = this.ground.format,
  ): Promise<Uint8Array> {
    const bytes = new TextEncoder().encode(serialize(table, { format }));
    await this.putBytes(role, bytes, `is written from outside: ${tellTable(table)}`);
    return bytes;
  }

  async putBytes(role: Role, bytes: Uint8Array, what: string): Promise<void> {
    const path = this.path(role);
    await writeClientFile(this.root, path, bytes);
    // The clock of a file system is coarse: a second change within a tick would look like none.
    await setTime(path, this.#outside++);
    this.tell(`${this.name(role)} ${what}`);
  }

  async removeFile(role: Role): Promise<void> {
    await deleteClientFile(this.root, this.path(role));
    this.tell(`${this.name(role)} is deleted`);
  }

  bytes(role: Role): Promise<Uint8Array | undefined> {
    return readClientFile(this.path(role));
  }

  /** The table that our own parser reads in a file; `undefined` if it is missing or refused. */
  async table(role: Role): Promise<OffsetTable | undefined> {
    const bytes = await this.bytes(role);
    if (bytes === undefined) return undefined;
    try {
      return parse(decode(bytes));
    } catch {
      return undefined;
    }
  }

  /** The files below the root. */
  files(): Promise<string[]> {
    return filesBelow(this.root);
  }

  /** The files below the root with their bytes. */
  contents(): Promise<Map<string, string>> {
    return contentsBelow(this.root);
  }

  // The story.

  tell(line: string): void {
    this.story.push(line);
  }

  fail(expected: string, happened: string): never {
    throw new Violation(expected, happened);
  }

  expect(holds: boolean, expected: string, happened: string): void {
    if (!holds) this.fail(expected, happened);
  }
}

/** The offset of an answer, `undefined` if there is none. */
export function offsetOf(answer: Answer): bigint | undefined {
  return answer.ok && answer.offset !== undefined ? BigInt(answer.offset) : undefined;
}
