import { OffsetTable } from "../table/offset_table.ts";

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
  const raised = [...b].filter(([mq, offset]) => {
    const other = a.get(mq);
    return other === undefined || offset > other;
  });
  return raised.length === 0 ? a : OffsetTable.from([...a, ...raised]);
}
