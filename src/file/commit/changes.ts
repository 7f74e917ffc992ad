import type { CommitRequest } from "../../core/commit_plan.ts";
import type { Int64Array } from "../../core/table/int64_array.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";

/** The changes of a column. */
export interface ColumnChanges {
  /** The slots that get another offset. */
  readonly slots: Uint32Array;
  /** The offset of each; there may be room for more. */
  readonly offsets: Int64Array;
  /** The slots that lose theirs. */
  readonly deleted: readonly number[];
}

/** The changes that a commit captured. */
export interface Changes extends ColumnChanges {
  /** Whether memory was changed since the last capture; a change to the same offset counts. */
  readonly memory: "touched" | "untouched";
}

/** The most queues of a record. More of them would hold the event loop, so a snapshot is written (J1). */
const MOST_IN_RECORD = 8192;

/** How much is to be changed, for the rules of a commit. */
export function sizeOf({ slots, deleted, memory }: Changes): CommitRequest["changes"] {
  if (deleted.length > 0) return "deletions";
  if (slots.length === 0) return memory === "touched" ? "none" : "untouched";
  return slots.length <= MOST_IN_RECORD ? "few" : "many";
}

/** Changes a column. */
export function applyChanges(
  column: OffsetColumn,
  { slots, offsets, deleted }: ColumnChanges,
): void {
  column.setAll(slots, offsets);
  for (const slot of deleted) column.delete(slot);
}
