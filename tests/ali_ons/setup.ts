import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { type MessageQueue, OffsetTable, parse } from "../../mod.ts";
import { type LocalOffsetsOptions, withLocalOffsets } from "../../src/ali_ons/mod.ts";
import { FaultyFileSystem } from "../support/faulty_file_system.ts";
import { FakeBroker } from "./fake_broker.ts";
import { FakeConsumer, type FakeOptions, type FakeQueue } from "./fake_consumer.ts";

export const CLIENT = "127.0.0.1@DEFAULT";
export const GROUP = "audit";
export const TOPIC = "orders";

export const queue = (queueId: number): MessageQueue => ({
  topic: TOPIC,
  brokerName: "broker-a",
  queueId,
});

/** Lets the loops of the consumers go on. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate();
}

/** Waits for something that is sure to come; it fails only if it does not come at all. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (await condition()) return;
    await (i < 100 ? setImmediate() : setTimeout(1));
  }
  throw new Error(`it never came: ${what}`);
}

/** A consumer that a test kills is not gone: this process would go on to hold its lock. */
const HERE: AdapterOptions = { exclusive: false };

export type AdapterOptions = Partial<LocalOffsetsOptions>;

/** A broker with one topic, a root directory, and the consumers that use them. */
export class Setup implements AsyncDisposable {
  readonly broker: FakeBroker = new FakeBroker();
  readonly root: string;
  readonly #consumers: FakeConsumer[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async make(queues = 2): Promise<Setup> {
    const setup = new Setup(await mkdtemp(join(tmpdir(), "ali-ons-")));
    setup.broker.setQueues(TOPIC, queues);
    return setup;
  }

  /** A consumer that has not subscribed yet; what it emits as errors is in `errors`. */
  consumer(adapter: AdapterOptions = {}, options: Partial<FakeOptions> = {}): Consumer {
    const { root } = this;
    const Durable = withLocalOffsets(Consumer, { ...HERE, root, importFrom: root, ...adapter });
    const consumer = new Durable({
      broker: this.broker,
      consumerGroup: GROUP,
      isBroadcast: true,
      ...options,
    });
    this.#consumers.push(consumer);
    return consumer;
  }

  path(name = "offset.json"): string {
    return join(this.root, CLIENT, GROUP, name);
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
  }

  text(name: string): Promise<string> {
    return readFile(this.path(name), "utf8");
  }

  /** The offsets in the main file, by queue id. */
  async durable(): Promise<Record<number, number>> {
    const text = await readFile(this.path(), "utf8").catch(() => "");
    const table = text === "" ? OffsetTable.empty : parse(text);
    return Object.fromEntries([...table].map(([mq, offset]) => [mq.queueId, Number(offset)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const consumer of this.#consumers) consumer.kill();
    await Promise.allSettled(this.#consumers.map((each) => each._offsetStore.close()));
    await rm(this.root, { recursive: true, force: true });
  }
}

/** The fake, with what a test looks at. */
export class Consumer extends FakeConsumer {
  readonly errors: Error[] = [];
  /** Where each queue is begun, if that is not to depend on the store. */
  begunAt: number | undefined;

  constructor(options: FakeOptions) {
    super(options);
    this.on("error", (error) => this.errors.push(error));
  }

  override async computePullFromWhere(queue: FakeQueue): Promise<number> {
    return this.begunAt ?? await super.computePullFromWhere(queue);
  }
}

/** A file system that takes its time, and fails from the call of `die` on: the process is gone. */
export function mortalFileSystem(): { fileSystem: FaultyFileSystem["fileSystem"]; die(): void } {
  const faulty = new FaultyFileSystem();
  let calls = 0;
  faulty.before = () => turns(calls++ % 3);
  const die = () => {
    faulty.faults = [{ when: () => true, code: "EIO" }];
  };
  return { fileSystem: faulty.fileSystem, die };
}
