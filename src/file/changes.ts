import type { MessageQueue } from "../core/message_queue.ts";
import type { Offset } from "../core/offset.ts";
import type { QueueIndex } from "../core/queue_index.ts";
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

/** Changes a column. */
export function applyChanges(column: OffsetColumn, { slots, offsets, deleted }: Changes): void {
  column.setAll(slots, offsets);
  deleted.forEach((slot) => column.delete(slot));
}

/** The queues that get another offset as entries. */
export function entriesOf(
  index: QueueIndex,
  { slots, offsets }: Changes,
): (readonly [MessageQueue, Offset])[] {
  return Array.from(slots, (slot, i) => [index.queueAt(slot), offsets[i]]);
}
