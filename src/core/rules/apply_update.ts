import { checkMessageQueue, type MessageQueue } from "../table/message_queue.ts";
import { type Offset, toOffset } from "../table/offset.ts";
import { OffsetTable } from "../table/offset_table.ts";
import { checkIncreaseOnly } from "./check_arguments.ts";

/**
 * The one rule of an update (clauses U1–U4): whether the given offset replaces the current one. The
 * pure `applyUpdate` and the store both use it.
 *
 * - U1: a queue without an offset takes the given one, whatever `increaseOnly` says.
 * - U2, U3: with `increaseOnly` only a greater offset is taken.
 * - U4: without `increaseOnly`, the given offset is taken.
 */
export function takesOffset(
  current: Offset | undefined,
  offset: Offset,
  increaseOnly: boolean,
): boolean {
  return current === undefined || (increaseOnly ? offset > current : offset !== current);
}

/**
 * Updates one queue, without changing the table passed in.
 *
 * A queue without an offset takes the given one. With `increaseOnly` only a greater offset is
 * taken; otherwise the given one is.
 *
 * @param table The table to start from.
 * @param mq The queue.
 * @param offset Its offset, an int64; a `number` must be a safe integer.
 * @param increaseOnly Whether an offset that is not greater than the current one is ignored.
 * @returns The table with the offset, or the same object if nothing changes.
 * @throws {TypeError} If an argument is of the wrong type.
 * @throws {RangeError} If the queue id is not an int32 or the offset not an int64.
 *
 * @example
 * ```ts
 * import { applyUpdate, OffsetTable } from "@offsetstore/rocketmq/core";
 *
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * const table = applyUpdate(OffsetTable.empty, mq, 42n, true);
 * if (applyUpdate(table, mq, 7n, true) !== table) throw new Error("7 is not an increase");
 * ```
 */
export function applyUpdate(
  table: OffsetTable,
  mq: MessageQueue,
  offset: Offset | number,
  increaseOnly: boolean,
): OffsetTable {
  checkMessageQueue(mq);
  const given = toOffset(offset);
  checkIncreaseOnly(increaseOnly);
  if (!takesOffset(table.get(mq), given, increaseOnly)) return table;
  return OffsetTable.from([...table, [mq, given]]);
}
