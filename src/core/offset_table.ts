import { checkMessageQueue, compareMessageQueues, type MessageQueue } from "./message_queue.ts";
import { type Offset, toOffset } from "./offset.ts";
import { QueueMap } from "./queue_map.ts";

/**
 * An immutable table from message queue to offset; it iterates in canonical order.
 *
 * @example
 * ```ts
 * import { OffsetTable } from "@offsetstore/rocketmq/core";
 *
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * const table = OffsetTable.from([[mq, 42]]);
 * if (table.get(mq) !== 42n) throw new Error("42n is there");
 * ```
 */
export class OffsetTable implements Iterable<readonly [MessageQueue, Offset]> {
  /** The table without a queue. */
  static readonly empty: OffsetTable = OffsetTable.from([]);

  readonly #offsets: QueueMap<Offset>;
  #sorted: (readonly [MessageQueue, Offset])[] | undefined;

  private constructor(offsets: QueueMap<Offset>) {
    this.#offsets = offsets;
  }

  /**
   * Makes a table of entries; of entries for one queue the last counts.
   *
   * @param entries Pairs of a queue and its offset; a `number` must be a safe integer.
   * @returns The table.
   * @throws {TypeError} If a queue or an offset is of the wrong type, or a name is ill-formed.
   * @throws {RangeError} If a queue id is not an int32 or an offset not an int64.
   */
  static from(entries: Iterable<readonly [MessageQueue, Offset | number]>): OffsetTable {
    const offsets = new QueueMap<Offset>();
    for (const [mq, offset] of entries) {
      checkMessageQueue(mq);
      offsets.set(mq, toOffset(offset));
    }
    return new OffsetTable(offsets);
  }

  /** How many queues have an offset. */
  get size(): number {
    return this.#offsets.size;
  }

  /**
   * Looks a queue up.
   *
   * @param mq The queue.
   * @returns Its offset, or `undefined` if the table does not hold it.
   */
  get(mq: MessageQueue): Offset | undefined {
    return this.#offsets.get(mq);
  }

  /**
   * Tells whether a queue has an offset.
   *
   * @param mq The queue.
   * @returns Whether the table holds it.
   */
  has(mq: MessageQueue): boolean {
    return this.#offsets.get(mq) !== undefined;
  }

  /**
   * Selects the queues of one topic.
   *
   * @param topic The topic.
   * @returns A table with just its queues.
   */
  forTopic(topic: string): OffsetTable {
    return OffsetTable.from(this.#offsets.ofTopic(topic));
  }

  /**
   * Compares by value.
   *
   * @param other The other table.
   * @returns Whether both hold the same queues with the same offsets.
   */
  equals(other: OffsetTable): boolean {
    if (this.size !== other.size) return false;
    for (const [mq, offset] of this.#offsets) {
      if (other.get(mq) !== offset) return false;
    }
    return true;
  }

  /** The entries in canonical order: topic, broker name, queue id. */
  [Symbol.iterator](): Iterator<readonly [MessageQueue, Offset]> {
    this.#sorted ??= [...this.#offsets].sort(([a], [b]) => compareMessageQueues(a, b)).map(freeze);
    return this.#sorted.values();
  }
}

/** Every iteration gives the same entries away, so nobody may change them. */
function freeze(entry: [MessageQueue, Offset]): readonly [MessageQueue, Offset] {
  Object.freeze(entry[0]);
  return Object.freeze(entry);
}
