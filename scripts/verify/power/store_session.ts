import { setTimeout } from "node:timers/promises";
import { LocalFileOffsetStore, type MessageQueue, type OpenOptions } from "../../../mod.ts";
import type { Random } from "../../lib/random.ts";
import { promise, type Promised, Promises, readPromises, textOf } from "./promises.ts";
import { tear } from "./tear.ts";
import type { WriteOptions } from "./write.ts";
import type { Writer } from "./writers.ts";

type Table = Map<number, bigint>;

/** The queue with that number. */
export function queueOf(i: number): MessageQueue {
  return { topic: `orders-${i % 7}`, brokerName: "broker-a", queueId: i };
}

/** `open` has shown a table that was not there to be shown. */
export class NotKept extends Error {
  override readonly name = "NotKept";
}

/** Writes generations of a table through our store, and notes each promise. */
export class StoreSession {
  readonly #writer: Writer;
  readonly #open: OpenOptions;
  readonly #options: WriteOptions;
  readonly #random: Random;
  readonly #stores: LocalFileOffsetStore[] = [];
  #table: Table = new Map();
  #generation = 0;
  /** The one that the file held before. */
  #generationBefore = 0;
  #lastNumber: number;

  constructor(writer: Writer, open: OpenOptions, options: WriteOptions, random: Random) {
    this.#writer = writer;
    this.#open = open;
    this.#options = options;
    this.#random = random;
    // Another process may have written before.
    this.#lastNumber = new Promises(readPromises(options.promises)).last;
  }

  async run(): Promise<void> {
    const { generations, pauseMs } = this.#options;
    await this.#openAll();
    for (let i = 0; i < generations; i++) {
      if (this.#writer.also === "reopens" && this.#random.chance(0.3)) await this.#reopen();
      if (this.#writer.also === "tears main" && i > 1 && this.#random.chance(0.3)) {
        await this.#reopen((path) => {
          const mayFallBackTo = this.#generationBefore;
          tear(path, () => this.#promise({ mayFallBackTo }));
        });
      }
      await this.#step(this.#stores[i % this.#stores.length]);
      await setTimeout(this.#random.next() * pauseMs);
    }
    await this.#closeAll();
  }

  /** Opens the stores; what they show is a promise. */
  async #openAll(): Promise<void> {
    const { stores = 1 } = this.#writer;
    for (let i = 0; i < stores; i++) {
      this.#stores.push(await LocalFileOffsetStore.open(this.#open));
    }
    const [{ loadOutcome }] = this.#stores;
    const table = this.#stores[0].snapshot();
    const promises = new Promises(readPromises(this.#options.promises));
    const allowed = promises.allowedAt();
    const { is, generation } = promises.judge(textOf(table), allowed);
    if (is !== "kept") {
      throw new NotKept(
        `open has shown ${
          is === "made up" ? "a table that nobody wrote" : `generation ${generation}`
        }` +
          `, ${loadOutcome.kind}, though generation ${allowed.least} was promised`,
      );
    }
    this.#promise({ shown: generation! });
    this.#generation = generation!;
    this.#table = new Map([...table].map(([{ queueId }, offset]) => [queueId, offset]));
    this.#generationBefore = this.#generation;
  }

  async #closeAll(): Promise<void> {
    for (const store of this.#stores.splice(0)) await store.close();
  }

  async #reopen(between: (path: string) => void = () => {}): Promise<void> {
    const [{ path }] = this.#stores;
    await this.#closeAll();
    between(path);
    await this.#openAll();
  }

  /** Writes the next generation, or the next two. */
  async #step(store: LocalFileOffsetStore): Promise<void> {
    const { also } = this.#writer;
    const dice = this.#table.size > 1 ? this.#random.next() : 1;
    if (also === "deletes" && dice < 0.2) {
      await this.#delete(store, this.#random.pick([...this.#table.keys()]));
    } else if (also === "deletes" && dice < 0.5) {
      // The file is then again what it was, and a journal that began on it fits it again.
      const queue = this.#options.queues + this.#lastNumber;
      await this.#write(store, new Map(this.#table).set(queue, 1n));
      await this.#delete(store, queue);
    } else if (also === "lowers" && dice < 0.2) {
      await this.#write(store, this.#lowered());
    } else if (also === "lowers" && dice < 0.5) {
      const table = this.#table;
      await this.#write(store, this.#grown());
      if (this.#random.chance(0.5)) await this.#write(store, table);
      else await this.#write(store, table, () => this.#reopen());
    } else if (also === undefined && dice < 0.15) {
      // Both in one commit, perhaps.
      await Promise.all([this.#write(store, this.#grown()), this.#write(store, this.#grown())]);
    } else await this.#write(store, this.#grown());
  }

  /** Makes a table durable: by a persist by default. */
  async #write(
    store: LocalFileOffsetStore,
    table: Table,
    persist: () => Promise<void> = () => store.persist(),
  ): Promise<void> {
    for (const [i, offset] of table) {
      if (this.#table.get(i) !== offset) store.update(queueOf(i), offset, false);
    }
    const generation = this.#begin(table);
    await persist();
    this.#promise({ acknowledged: generation });
  }

  async #delete(store: LocalFileOffsetStore, queue: number): Promise<void> {
    const generation = this.#begin(new Map([...this.#table].filter(([i]) => i !== queue)));
    await store.deleteDurable(queueOf(queue));
    this.#promise({ acknowledged: generation });
  }

  /** From now on the table may be there. */
  #begin(table: Table): number {
    this.#generationBefore = this.#generation;
    this.#table = table;
    this.#generation = ++this.#lastNumber;
    const entries = [...table].map(([i, offset]) => [queueOf(i), offset] as const);
    this.#promise({ begun: this.#generation, table: textOf(entries) });
    return this.#generation;
  }

  /** A table with greater offsets: of all queues, or of a few. */
  #grown(): Table {
    const { queues } = this.#options;
    const generation = this.#lastNumber + 1;
    const all = this.#table.size < queues || this.#random.chance(0.3);
    const table = new Map(this.#table);
    for (let i = 0; i < queues; i++) {
      if (all || i === generation % queues || this.#random.chance(2 / queues)) {
        table.set(i, BigInt(generation * 1000 + i));
      }
    }
    return table;
  }

  /** A table with one offset lowered to one that it never had. */
  #lowered(): Table {
    const table = new Map(this.#table);
    const queue = this.#random.pick([...table.keys()]);
    return table.set(queue, table.get(queue)! - 500n);
  }

  #promise(promised: Promised): void {
    promise(this.#options.promises, this.#options.log, promised);
  }
}
