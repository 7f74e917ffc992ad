import type { Int64Array } from "../../core/table/int64_array.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import { FROZEN, HELD } from "./queue_flags.ts";

/**
 * Raises the offsets of memory to those of a column, of queues that are held and not frozen.
 *
 * It does what the rule of a conflict says for the maximum, but without a bigint and two objects for
 * each queue.
 *
 * @param flags The flags of the slots.
 * @returns How each slot compares with the column from then on.
 */
export function raiseTo(
  column: OffsetColumn,
  size: number,
  offsets: Int64Array,
  flags: Uint8Array,
): Int8Array {
  const found = column.compareAll(size, offsets);
  for (let slot = 0; slot < size; slot++) {
    if (found[slot] >= 0 || (flags[slot] & (HELD | FROZEN)) !== HELD) continue;
    column.copyOffset(slot, offsets);
    found[slot] = 0;
  }
  return found;
}
