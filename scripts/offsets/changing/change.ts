import { type MessageQueue, type Offset, OffsetTable } from "../../../mod.ts";
import type { ChangeCounts } from "../undo/undo_text.ts";

/** One queue's change; an absent offset is a queue that the table does not hold. */
export interface Change {
  readonly mq: MessageQueue;
  readonly from?: Offset;
  readonly to?: Offset;
}

/** The table with the changes made. */
export function withChanges(table: OffsetTable, changes: readonly Change[]): OffsetTable {
  const gone = OffsetTable.from(
    changes.flatMap(({ mq, to }) => to === undefined ? [[mq, 0n] as const] : []),
  );
  const set = changes.flatMap(({ mq, to }) => to === undefined ? [] : [[mq, to] as const]);
  return OffsetTable.from([...[...table].filter(([mq]) => !gone.has(mq)), ...set]);
}

/** The changes that make one table of another, in the order of the queues. */
export function changesBetween(from: OffsetTable, to: OffsetTable): Change[] {
  const all = OffsetTable.from([...from, ...to]);
  return [...all].map(([mq]) => ({ mq, from: from.get(mq), to: to.get(mq) })).filter(isChange);
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
  const count = (isOfKind: (change: Change) => boolean) => changes.filter(isOfKind).length;
  return {
    added: count(({ from, to }) => from === undefined && to !== undefined),
    deleted: count(({ from, to }) => from !== undefined && to === undefined),
    raised: count(({ from, to }) => from !== undefined && to !== undefined && to > from),
    lowered: count(isLowering),
  };
}
