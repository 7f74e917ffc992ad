import { grown } from "./grown.ts";
import type { Offset } from "./offset.ts";

/** The offsets of the slots, each of which the array has. */
export function gather(offsets: BigInt64Array, slots: Uint32Array): BigInt64Array {
  const gathered = new BigInt64Array(slots.length);
  const [from, to] = [halves(offsets), halves(gathered)];
  slots.forEach((slot, i) => {
    to[2 * i] = from[2 * slot];
    to[2 * i + 1] = from[2 * slot + 1];
  });
  return gathered;
}

/** Offsets as two numbers each: to move one in halves makes no bigint, which counts for many. */
function halves(offsets: BigInt64Array): Int32Array {
  return new Int32Array(offsets.buffer, offsets.byteOffset, 2 * offsets.length);
}

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

  /** Those of the slots at which it has not what the array has. */
  differences(slots: Uint32Array, offsets: BigInt64Array): Uint32Array {
    const found = new Uint32Array(slots.length);
    const [held, ours, theirs] = [this.#held, halves(this.#offsets), halves(offsets)];
    let count = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const [low, high] = [2 * slot, 2 * slot + 1];
      const isSame = held[slot] === 1 && ours[low] === theirs[low] && ours[high] === theirs[high];
      if (!isSame) found[count++] = slot;
    }
    return found.subarray(0, count);
  }

  /** Sets each of the slots to its own offset. */
  setAll(slots: Uint32Array, offsets: BigInt64Array): void {
    let length = 0;
    for (let i = 0; i < slots.length; i++) length = Math.max(length, slots[i] + 1);
    this.#offsets = grown(this.#offsets, length);
    this.#held = grown(this.#held, length);
    const [held, ours, theirs] = [this.#held, halves(this.#offsets), halves(offsets)];
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      this.#size += 1 - held[slot];
      held[slot] = 1;
      ours[2 * slot] = theirs[2 * i];
      ours[2 * slot + 1] = theirs[2 * i + 1];
    }
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
