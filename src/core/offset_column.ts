import { grown } from "./grown.ts";
import type { Offset } from "./offset.ts";

/** Offsets by slot, eight bytes each, and whether there is one. */
export class OffsetColumn {
  #offsets: BigInt64Array;
  #held: Uint8Array;
  #size: number;

  constructor(offsets = new BigInt64Array(0), held = new Uint8Array(0), size = 0) {
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
    return this.#held[slot!] === 1 ? this.#offsets[slot!] : undefined;
  }

  /** The offset must be an int64. */
  set(slot: number, offset: Offset): void {
    this.#offsets = grown(this.#offsets, slot + 1);
    this.#held = grown(this.#held, slot + 1);
    this.#size += 1 - this.#held[slot];
    this.#held[slot] = 1;
    this.#offsets[slot] = offset;
  }

  delete(slot: number): void {
    if (this.get(slot) === undefined) return;
    this.#held[slot] = 0;
    this.#size--;
  }

  copy(): OffsetColumn {
    return new OffsetColumn(this.#offsets.slice(), this.#held.slice(), this.#size);
  }
}
