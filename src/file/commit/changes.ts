import type { Int64Array } from "../../core/table/int64_array.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";

/** What is to become of a column: a persist captures it before anything else may happen. */
export interface Changes {
  /** The slots that get another offset. */
  readonly slots: Uint32Array;
  /** The offset of each; there may be room for more. */
  readonly offsets: Int64Array;
  /** The slots that lose theirs. */
  readonly deleted: readonly number[];
}

/** Whether there is nothing to do. */
export function isEmpty({ slots, deleted }: Changes): boolean {
  return slots.length === 0 && deleted.length === 0;
}

/** Changes a column. */
export function applyChanges(column: OffsetColumn, { slots, offsets, deleted }: Changes): void {
  column.setAll(slots, offsets);
  for (const slot of deleted) column.delete(slot);
}
