import type { MessageQueue, Offset, OffsetTable } from "../../../mod.ts";

/** The queues that a child writes, all of them in each generation. */
export function queuesOf(count: number): MessageQueue[] {
  return Array.from({ length: count }, (_, i) => ({
    topic: `orders-${i % 5}`,
    brokerName: `broker-${i % 3}`,
    queueId: i,
  }));
}

/** The offset of a queue in a generation: it tells which of each it is. */
export function offsetOf(generation: number, queue: number): Offset {
  return BigInt(generation) * 1000n + BigInt(queue);
}

/**
 * Which generation a table is; 0 is the empty table.
 *
 * @throws {Error} If it is none: a queue is missing, or of another generation than the first.
 */
export function generationOf(table: OffsetTable, count: number): number {
  if (table.size === 0) return 0;
  const queues = queuesOf(count);
  const generation = Number((table.get(queues[0]) ?? -1n) / 1000n);
  queues.forEach((mq, i) => {
    if (table.get(mq) === offsetOf(generation, i)) return;
    throw new Error(
      `the table is no generation: queue ${i} of ${count} has ${table.get(mq)}, ` +
        `not ${offsetOf(generation, i)}`,
    );
  });
  if (table.size !== count) throw new Error(`the table has ${table.size} queues, not ${count}`);
  return generation;
}
