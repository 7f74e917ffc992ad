import { checkMessageQueue, type MessageQueue, quote } from "../table/message_queue.ts";
import { NO_OFFSET, type Offset } from "../table/offset.ts";
import type { OffsetTable } from "../table/offset_table.ts";

/** Where a read may look: in memory, in the store, or in memory and then in the store. */
export type ReadType = "memory" | "store" | "memory-then-store";

/**
 * Tells whether memory alone answers a read (clause R1), so that no I/O is needed (R2).
 *
 * | type              | m ≥ 0 | m none | m = −1 stored | m < −1 |
 * |-------------------|-------|--------|---------------|--------|
 * | memory            | m     | −1     | −1            | s      |
 * | memory-then-store | m     | s      | s             | s      |
 * | store             | s     | s      | s             | s      |
 *
 * The cell "memory" with m < −1 comes from the original: it tests for exactly −1, so a lower offset
 * falls through to the store. It is kept because a reference must agree with the original.
 */
export function memoryAnswers(m: Offset | undefined, type: ReadType): boolean {
  const held = m ?? NO_OFFSET;
  switch (type) {
    case "memory":
      return held >= NO_OFFSET;
    case "memory-then-store":
      return held > NO_OFFSET;
    case "store":
      return false;
    default:
      throw new TypeError(
        `Cannot read with type ${
          quote(type)
        }: it is none of "memory", "store", "memory-then-store"`,
      );
  }
}

/**
 * Reads the offset of a queue from what memory and the store hold.
 *
 * @param memory What memory holds.
 * @param stored What the file holds.
 * @param mq The queue.
 * @param type Where to look.
 * @returns The offset, or `-1n` if there is none.
 * @throws {TypeError} If the queue or the type is not one.
 * @throws {RangeError} If the queue id is not an int32.
 *
 * @example
 * ```ts
 * import { OffsetTable, readWithType } from "@offsetstore/rocketmq/core";
 *
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * const stored = OffsetTable.from([[mq, 42]]);
 * if (readWithType(OffsetTable.empty, stored, mq, "memory-then-store") !== 42n) throw new Error();
 * if (readWithType(OffsetTable.empty, stored, mq, "memory") !== -1n) throw new Error();
 * ```
 */
export function readWithType(
  memory: OffsetTable,
  stored: OffsetTable,
  mq: MessageQueue,
  type: ReadType,
): Offset {
  checkMessageQueue(mq);
  const m = memory.get(mq);
  return (memoryAnswers(m, type) ? m : stored.get(mq)) ?? NO_OFFSET;
}
