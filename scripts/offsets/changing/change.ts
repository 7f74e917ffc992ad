import { mergeMax, type MessageQueue, type Offset, OffsetTable } from "../../../mod.ts";
import type { ChangeCounts } from "../undo/undo_text.ts";

/** One queue's change; an absent offset is a queue that the table does not hold. */
export interface Change {
  readonly mq: MessageQueue;
  readonly from?: Offset;
  readonly to?: Offset;
}

/** The table with the changes made. */
export function withChanges(table: OffsetTable, changes: readonly Change[]): OffsetTable {
  return OffsetTable.from(entriesWith(table, changes));
}

/** Of several entries of one queue, the last one counts. */
function* entriesWith(
  table: OffsetTable,
  changes: readonly Change[],
): Generator<readonly [MessageQueue, Offset]> {
  const deleted = changes.filter(({ to }) => to === undefined);
  const gone = OffsetTable.from(deleted.map(({ mq }) => [mq, 0n]));
  for (const entry of table) if (!gone.has(entry[0])) yield entry;
  for (const { mq, to } of changes) if (to !== undefined) yield [mq, to];
}

/** The changes that make one table of another, in the order of the queues. */
export function changesBetween(from: OffsetTable, to: OffsetTable): Change[] {
  const changes: Change[] = [];
  for (const [mq] of mergeMax(from, to)) {
    const change = { mq, from: from.get(mq), to: to.get(mq) };
    if (isChange(change)) changes.push(change);
  }
  return changes;
}

/** Tells whether a change changes anything. */
export function isChange({ from, to }: Change): boolean {
  return from !== to;
}

/** Tells whether messages would be consumed again. */
export function isLowering({ from, to }: Change): boolean {
  return from !== undefined && to !== undefined && to < from;
}

/** Counts changes by their kind. */
export function countChanges(changes: readonly Change[]): ChangeCounts {
  const counts = { added: 0, deleted: 0, raised: 0, lowered: 0 };
  for (const { from, to } of changes) {
    if (from === to) continue;
    if (from === undefined) counts.added++;
    else if (to === undefined) counts.deleted++;
    else if (to > from) counts.raised++;
    else counts.lowered++;
  }
  return counts;
}
