import { ensureCapacity } from "../../core/table/ensure_capacity.ts";
import { Int64Array } from "../../core/table/int64_array.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import { HELD, TOUCHED } from "./queue_flags.ts";

/** The most changes that are returned in arrays that are used again. */
const FEW = 1024;

/** The slots that a persist must look at, each once: those with the flag `TOUCHED`. */
export class TouchedSlots {
  #slots = new Uint32Array(0);
  #size = 0;
  /** The arrays for a few changes: new arrays would cost more than all else about those. */
  readonly #few = { slots: new Uint32Array(FEW), offsets: new Int64Array(FEW) };

  get size(): number {
    return this.#size;
  }

  makeRoom(size: number): void {
    this.#slots = ensureCapacity(this.#slots, size);
  }

  add(slot: number): void {
    this.#slots[this.#size++] = slot;
  }

  /** Forgets all, and takes the flag back. */
  clear(flags: Uint8Array): void {
    for (let i = 0; i < this.#size; i++) flags[this.#slots[i]] &= ~TOUCHED;
    this.#size = 0;
  }

  /**
   * Takes all, and answers those that are held with another offset than in the column. The answer is
   * good until the next.
   */
  takeDifferent(
    flags: Uint8Array,
    column: OffsetColumn,
    offsets: Int64Array,
  ): { readonly slots: Uint32Array; readonly offsets: Int64Array } {
    const [slots, size] = [this.#slots, this.#size];
    const into = size <= FEW
      ? this.#few
      : { slots: new Uint32Array(size), offsets: new Int64Array(size) };
    this.clear(flags);
    let held = 0;
    for (let i = 0; i < size; i++) {
      if ((flags[slots[i]] & HELD) !== 0) slots[held++] = slots[i];
    }
    const count = column.pickDifferent(slots, held, offsets, into);
    return { slots: into.slots.subarray(0, count), offsets: into.offsets };
  }
}
