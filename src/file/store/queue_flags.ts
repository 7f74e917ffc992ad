import type { Comparison } from "../../core/table/offset_column.ts";

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

/** The flags of a slot that compares so with the files. */
export function comparedFlags(flags: number, found: Comparison): number {
  const others = flags & ~(DIRTY | AHEAD);
  if ((flags & HELD) === 0 || found === 0) return others;
  return others | (found < 0 ? DIRTY : DIRTY | AHEAD);
}
