import { SLICE, type Slices } from "../slices.ts";
import { ensureCapacity } from "./ensure_capacity.ts";
import { Int64Array } from "./int64_array.ts";
import type { Offset } from "./offset.ts";

/** Copying this many slots takes as long as encoding a slice of queues. */
const COPIED_AT_ONCE = 64 * SLICE;

/** How an offset compares with the one that a column has, if it has one. */
export type Comparison = -1 | 0 | 1 | typeof NONE_HERE;

/** The column has no offset of the slot. */
export const NONE_HERE = 2;

/** Offsets by slot, eight bytes each; a slot may have none. */
export class OffsetColumn {
  readonly #offsets: Int64Array;
  #held: Uint8Array;
  #size: number;

  constructor(offsets = new Int64Array(), held: Uint8Array = new Uint8Array(0), size = 0) {
    this.#offsets = offsets;
    this.#held = held;
    this.#size = size;
  }

  /** How many slots have an offset. */
  get size(): number {
    return this.#size;
  }

  get(slot: number | undefined): Offset | undefined {
    // Beyond the array's end there is nothing.
    return this.#held[slot!] === 1 ? this.#offsets.get(slot!) : undefined;
  }

  /** Makes room for so many slots at once. */
  reserve(size: number): void {
    this.#makeRoom(size);
  }

  /** Copies the offset of a slot, which must have one, to the same place in an array. */
  copyOffset(slot: number, into: Int64Array): void {
    const from = this.#offsets.halves;
    const to = into.halves;
    to[2 * slot] = from[2 * slot];
    to[2 * slot + 1] = from[2 * slot + 1];
  }

  /** Copies the first slots to arrays that have room for as many: the offset, and 1 if there is one. */
  copyTo(length: number, offsets: Int64Array, held: Uint8Array): void {
    const end = Math.min(length, this.#held.length);
    offsets.copyFrom(this.#offsets, 0, end);
    held.set(this.#held.subarray(0, end));
  }

  /** Sets an offset, which must be an int64. */
  set(slot: number, offset: Offset): void {
    this.#makeRoom(slot + 1);
    this.#size += 1 - this.#held[slot];
    this.#held[slot] = 1;
    this.#offsets.set(slot, offset);
  }

  /** Sets an offset that is a safe integer, without a bigint. */
  setNumber(slot: number, offset: number): void {
    this.#makeRoom(slot + 1);
    this.#size += 1 - this.#held[slot];
    this.#held[slot] = 1;
    const { halves } = this.#offsets;
    // An array of 32-bit integers takes the lower half of a number, which Math.floor leaves behind.
    halves[2 * slot] = offset;
    halves[2 * slot + 1] = Math.floor(offset / 2 ** 32);
  }

  /** Sets many slots: the first slot to the first offset, and so on. */
  setAll(slots: Uint32Array, offsets: Int64Array): void {
    let length = 0;
    for (let i = 0; i < slots.length; i++) length = Math.max(length, slots[i] + 1);
    this.#makeRoom(length);
    const [held, to, from] = [this.#held, this.#offsets.halves, offsets.halves];
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      this.#size += 1 - held[slot];
      held[slot] = 1;
      to[2 * slot] = from[2 * i];
      to[2 * slot + 1] = from[2 * i + 1];
    }
  }

  /**
   * Picks those of the first `count` slots of a list whose offset in an array differs from that
   * here.
   *
   * The arrays are read into variables first, as in `setAll`: to ask their owners for each slot
   * takes longer.
   *
   * @param offsets The array, by slot.
   * @param into Where the picked slots and their offsets in the array go.
   * @returns How many slots were picked.
   */
  pickDifferent(
    slots: Uint32Array,
    count: number,
    offsets: Int64Array,
    into: { readonly slots: Uint32Array; readonly offsets: Int64Array },
  ): number {
    const [held, mine, theirs] = [this.#held, this.#offsets.halves, offsets.halves];
    const [pickedSlots, picked] = [into.slots, into.offsets.halves];
    let size = 0;
    for (let i = 0; i < count; i++) {
      const slot = slots[i];
      const low = theirs[2 * slot];
      const high = theirs[2 * slot + 1];
      // Beyond the array's end nothing is held.
      if (held[slot] === 1 && mine[2 * slot] === low && mine[2 * slot + 1] === high) continue;
      pickedSlots[size] = slot;
      picked[2 * size] = low;
      picked[2 * size + 1] = high;
      size++;
    }
    return size;
  }

  /** Compares the offset of a slot in an array with the one here. */
  compare(slot: number, offsets: Int64Array): Comparison {
    return this.#held[slot] !== 1
      ? NONE_HERE
      : compareAt(slot, offsets.halves, this.#offsets.halves);
  }

  /** The same for the first slots, all at once: that takes a tenth of the time. */
  compareAll(length: number, offsets: Int64Array): Int8Array {
    const [held, mine, theirs] = [this.#held, this.#offsets.halves, offsets.halves];
    const found = new Int8Array(length);
    for (let slot = 0; slot < length; slot++) {
      found[slot] = held[slot] !== 1 ? NONE_HERE : compareAt(slot, theirs, mine);
    }
    return found;
  }

  delete(slot: number): void {
    if (this.get(slot) === undefined) return;
    this.#held[slot] = 0;
    this.#size--;
  }

  /**
   * Copies the column, in slices in which nobody may change it.
   *
   * @param spare A column that is needed no more: its arrays are used again, if they are as long.
   *   New ones for each copy of a long column would have their garbage collected all the time.
   */
  *copyInSlices(spare?: OffsetColumn): Slices<OffsetColumn> {
    const { length } = this.#held;
    const isFit = spare !== undefined && spare.#held.length === length;
    const offsets = isFit ? spare.#offsets : new Int64Array(length);
    const held = isFit ? spare.#held : new Uint8Array(length);
    for (let start = 0; start < length; start += COPIED_AT_ONCE) {
      const end = Math.min(start + COPIED_AT_ONCE, length);
      offsets.copyFrom(this.#offsets, start, end);
      held.set(this.#held.subarray(start, end), start);
      yield SLICE;
    }
    return new OffsetColumn(offsets, held, this.#size);
  }

  #makeRoom(length: number): void {
    this.#offsets.makeRoom(length);
    this.#held = ensureCapacity(this.#held, length);
  }
}

/** Compares two int64s by their halves: to make bigints of them would cost more than all the rest. */
function compareAt(slot: number, a: Int32Array, b: Int32Array): -1 | 0 | 1 {
  const low = 2 * slot;
  const high = low + 1;
  // The lower half has no sign.
  return compareNumbers(a[high], b[high]) || compareNumbers(a[low] >>> 0, b[low] >>> 0);
}

function compareNumbers(a: number, b: number): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
