import type { Int64Array } from "../../core/table/int64_array.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";

/** Memory holds an offset of the queue. */
export const HELD = 1;
/** Updates of the queue are ignored. */
export const FROZEN = 2;
/** The queue is among those that a persist must look at. */
export const TOUCHED = 4;
/** Its offset is not that of the files. */
export const DIRTY = 8;
/** Its offset is greater than that of the files, or the files have none. */
export const AHEAD = 16;

/** While the offset of such a queue rises, none of its flags changes. */
export const RISING = TOUCHED | AHEAD;

/** The flags of a slot, as a comparison with the files makes them. */
export function comparedFlags(
  flags: number,
  slot: number,
  durable: OffsetColumn,
  offsets: Int64Array,
): number {
  const others = flags & ~(DIRTY | AHEAD);
  if ((flags & HELD) === 0) return others;
  const found = durable.compare(slot, offsets);
  if (found === "equal") return others;
  return others | (found === "lower" ? DIRTY : DIRTY | AHEAD);
}
