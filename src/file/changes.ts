import type { OffsetColumn } from "../core/offset_column.ts";

/** What is to become of a column: a persist captures it before anything else may happen. */
export interface Changes {
  /** The slots that get another offset. */
  readonly slots: Uint32Array;
  /** The offset of each. */
  readonly offsets: BigInt64Array;
  /** The slots that lose theirs. */
  readonly deleted: readonly number[];
}

/** Whether there is nothing to do. */
export function isEmpty({ slots, deleted }: Changes): boolean {
  return slots.length === 0 && deleted.length === 0;
}

/** So many are many: to prepare for them costs less than to take them one by one, a bigint each. */
export const MANY = 16;

/** Whether they are not many. */
export function isFew(slots: Uint32Array): boolean {
  return slots.length < MANY;
}

/** Changes a column. */
export function applyChanges(column: OffsetColumn, { slots, offsets, deleted }: Changes): void {
  if (!isFew(slots)) column.setAll(slots, offsets);
  else for (let i = 0; i < slots.length; i++) column.set(slots[i], offsets[i]);
  for (const slot of deleted) column.delete(slot);
}
