import { grown } from "./grown.ts";
import { Int64Array } from "./int64_array.ts";
import type { Offset } from "./offset.ts";

/** Offsets by slot, eight bytes each, and whether there is one. */
export class OffsetColumn {
  readonly #offsets: Int64Array;
  #held: Uint8Array;
  #size: number;

  constructor(offsets = new Int64Array(), held = new Uint8Array(0), size = 0) {
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

  /** The offset must be an int64. */
  set(slot: number, offset: Offset): void {
    this.#hold(slot);
    this.#offsets.set(slot, offset);
  }

  /** Sets a slot to an element of an array. */
  copyFrom(slot: number, offsets: Int64Array, from: number): void {
    this.#hold(slot);
    this.#offsets.copyFrom(slot, offsets, from);
  }

  /** Whether a slot has an offset, and it is that element of an array. */
  isSame(slot: number, offsets: Int64Array, from: number): boolean {
    return this.#held[slot] === 1 && this.#offsets.isSame(slot, offsets, from);
  }

  delete(slot: number): void {
    if (this.get(slot) === undefined) return;
    this.#held[slot] = 0;
    this.#size--;
  }

  /** The same in arrays of its own. */
  copy(): OffsetColumn {
    return new OffsetColumn(this.#offsets.slice(), this.#held.slice(), this.#size);
  }

  #hold(slot: number): void {
    this.#offsets.makeRoom(slot + 1);
    this.#held = grown(this.#held, slot + 1);
    this.#size += 1 - this.#held[slot];
    this.#held[slot] = 1;
  }
}
