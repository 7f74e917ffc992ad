import { atOnce, SLICE, type Slices } from "../slices.ts";
import { checkMessageQueue, type MessageQueue } from "./message_queue.ts";
import { type Offset, toOffset } from "./offset.ts";
import { OffsetColumn } from "./offset_column.ts";
import { QueueIndex } from "./queue_index.ts";

/** The parts of a table. A table may share its index with other tables. */
export interface TableParts {
  readonly index: QueueIndex;
  readonly offsets: OffsetColumn;
}

/** An entry of a table as JSON; see `OffsetTable.toJSON`. */
export interface OffsetTableEntry extends MessageQueue {
  /** The offset in decimal digits. */
  readonly offset: string;
}

/** The entries of a table that `console.log` shows. */
const MOST_SHOWN = 100;

let make: (parts: TableParts) => OffsetTable;
let partsOf: (table: OffsetTable) => TableParts;

/**
 * An immutable table from message queue to offset (U5); it iterates in canonical order (S2).
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
  static {
    make = (parts) => new OffsetTable(parts);
    partsOf = (table) => table.#parts;
  }

  /** The empty table. */
  static readonly empty: OffsetTable = OffsetTable.from([]);

  readonly #parts: TableParts;

  private constructor(parts: TableParts) {
    this.#parts = parts;
  }

  /**
   * Makes a table of entries. If a queue has several entries, the last one counts.
   *
   * @param entries Pairs of a queue and its offset; a `number` must be a safe integer.
   * @returns The table.
   * @throws {TypeError} If a queue or an offset is of the wrong type, or a name is ill-formed.
   * @throws {RangeError} If a queue id is not an int32 or an offset not an int64.
   */
  static from(entries: Iterable<readonly [MessageQueue, Offset | number]>): OffsetTable {
    const index = new QueueIndex();
    const offsets = new OffsetColumn();
    for (const [mq, offset] of entries) {
      checkMessageQueue(mq);
      offsets.set(index.add(mq), toOffset(offset));
    }
    return new OffsetTable({ index, offsets });
  }

  /** How many queues have an offset. */
  get size(): number {
    return this.#parts.offsets.size;
  }

  /**
   * Looks a queue up.
   *
   * @param mq The queue.
   * @returns Its offset, or `undefined` if the table does not hold it.
   */
  get(mq: MessageQueue): Offset | undefined {
    const { index, offsets } = this.#parts;
    return offsets.get(index.find(mq));
  }

  /**
   * Tells whether a queue has an offset.
   *
   * @param mq The queue.
   * @returns Whether the table holds it.
   */
  has(mq: MessageQueue): boolean {
    return this.get(mq) !== undefined;
  }

  /**
   * Selects the queues of one topic.
   *
   * @param topic The topic.
   * @returns A table with only its queues.
   */
  forTopic(topic: string): OffsetTable {
    return OffsetTable.from(entriesAt(this.#parts, this.#parts.index.ofTopic(topic)));
  }

  /**
   * Compares by value.
   *
   * @param other The other table.
   * @returns Whether both hold the same queues with the same offsets.
   */
  equals(other: OffsetTable): boolean {
    return atOnce(equalsInSlices(this, other));
  }

  /**
   * Lists the entries, as iteration does.
   *
   * @returns Pairs of a queue and its offset, in canonical order: topic, broker name, queue id.
   */
  entries(): Generator<readonly [MessageQueue, Offset]> {
    return this[Symbol.iterator]();
  }

  /**
   * What `JSON.stringify` writes: an array of `{ topic, brokerName, queueId, offset }` in canonical
   * order. The offset is a string of decimal digits, since a JSON number rounds beyond 2^53 in most
   * readers. It is no offset file; `serialize` writes one.
   *
   * @returns The array.
   *
   * @example
   * ```ts
   * import { OffsetTable, type OffsetTableEntry } from "@offsetstore/rocketmq/core";
   *
   * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
   * const json = JSON.stringify(OffsetTable.from([[mq, 42]]));
   * const expected = '[{"topic":"orders","brokerName":"broker-a","queueId":0,"offset":"42"}]';
   * if (json !== expected) throw new Error(json);
   * const entries: OffsetTableEntry[] = JSON.parse(json);
   * const again = OffsetTable.from(entries.map((each) => [each, BigInt(each.offset)]));
   * if (again.get(mq) !== 42n) throw new Error("42n is there");
   * ```
   */
  toJSON(): OffsetTableEntry[] {
    return Array.from(this, ([{ topic, brokerName, queueId }, offset]) => (
      { topic, brokerName, queueId, offset: String(offset) }
    ));
  }

  /** What `console.log` shows on Deno, Bun and Node: the first hundred entries. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const lines: string[] = [];
    for (const [{ topic, brokerName, queueId }, offset] of this) {
      if (lines.length === MOST_SHOWN) {
        lines.push(`… ${this.size - MOST_SHOWN} more`);
        break;
      }
      lines.push(`${JSON.stringify(topic)} ${JSON.stringify(brokerName)} ${queueId} => ${offset}n`);
    }
    const body = lines.map((line) => `\n  ${line}`).join("");
    return `OffsetTable(${this.size}) {${body}${body && "\n"}}`;
  }

  /** The entries in canonical order: topic, broker name, queue id. */
  *[Symbol.iterator](): Generator<readonly [MessageQueue, Offset]> {
    for (const { slots } of this.#parts.index.order()) yield* entriesAt(this.#parts, slots);
  }
}

function* entriesAt(
  { index, offsets }: TableParts,
  slots: Iterable<number>,
): Generator<readonly [MessageQueue, Offset]> {
  for (const slot of slots) {
    const offset = offsets.get(slot);
    // A shared index may know more queues than the table holds.
    if (offset !== undefined) yield [index.queueAt(slot), offset];
  }
}

/** The same as `equals`, in slices in which nobody may change the tables. */
export function* equalsInSlices(table: OffsetTable, other: OffsetTable): Slices<boolean> {
  if (table.size !== other.size) return false;
  const { index, offsets } = partsOf(table);
  for (let slot = 0; slot < index.size; slot++) {
    const offset = offsets.get(slot);
    if (offset !== undefined && other.get(index.queueAt(slot)) !== offset) return false;
    if (slot % SLICE === 0) yield SLICE;
  }
  return true;
}

/**
 * Sets the offsets of a table in another one, whose other queues stay as they are, in slices in which
 * nobody may change the first table.
 */
export function* copyEntries(from: OffsetTable, { index, offsets }: TableParts): Slices<void> {
  const source = partsOf(from);
  for (let slot = 0; slot < source.index.size; slot++) {
    const offset = source.offsets.get(slot);
    if (offset !== undefined) offsets.set(index.add(source.index.queueAt(slot)), offset);
    if (slot % SLICE === 0) yield SLICE;
  }
}

export { make as tableOf, partsOf };
