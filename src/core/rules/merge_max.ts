import { atOnce, SLICE, type Slices } from "../slices.ts";
import { OffsetColumn } from "../table/offset_column.ts";
import { copyEntries, type OffsetTable, partsOf, tableOf } from "../table/offset_table.ts";
import { QueueIndex } from "../table/queue_index.ts";

/**
 * Merges two tables by the maximum of each queue.
 *
 * It is commutative, associative and idempotent, so any number of writers may be merged in any
 * order.
 *
 * @param a The one table.
 * @param b The other table.
 * @returns A table with the queues of both, each with the greater offset.
 *
 * @example
 * ```ts
 * import { mergeMax, OffsetTable } from "@offsetstore/rocketmq/core";
 *
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * const merged = mergeMax(OffsetTable.from([[mq, 3]]), OffsetTable.from([[mq, 7]]));
 * if (merged.get(mq) !== 7n) throw new Error("7 is the greater");
 * ```
 */
export function mergeMax(a: OffsetTable, b: OffsetTable): OffsetTable {
  return atOnce(mergeInSlices(a, b));
}

/** The same as `mergeMax`, in slices in which nobody may change the tables. */
export function* mergeInSlices(a: OffsetTable, b: OffsetTable): Slices<OffsetTable> {
  const { index, offsets } = partsOf(b);
  const raised = { index: new QueueIndex(), offsets: new OffsetColumn() };
  for (let slot = 0; slot < index.size; slot++) {
    const offset = offsets.get(slot);
    if (offset !== undefined) {
      const mq = index.queueAt(slot);
      const other = a.get(mq);
      if (other === undefined || offset > other) raised.offsets.set(raised.index.add(mq), offset);
    }
    if (slot % SLICE === 0) yield SLICE;
  }
  if (raised.offsets.size === 0) return a;
  const merged = { index: new QueueIndex(), offsets: new OffsetColumn() };
  yield* copyEntries(a, merged);
  yield* copyEntries(tableOf(raised), merged);
  return tableOf(merged);
}
