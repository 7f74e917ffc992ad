import type { Met } from "./every_crash.ts";

/**
 * The states that the explorations of several threads have met: 64 bits of each key, in a table
 * that the threads share.
 *
 * Two of ten million keys have the same 64 bits with a chance of one in 370,000; then one state is
 * not explored.
 */
export class MetEverywhere implements Met {
  /** The buffer from which another thread makes its own view. */
  readonly buffer: SharedArrayBuffer;
  /** The number of keys, and then the keys; 0 is a free place. */
  readonly #slots: BigInt64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#slots = new BigInt64Array(buffer);
  }

  /** @param capacity How many keys have a place; a power of two. */
  static withRoomFor(capacity: number): MetEverywhere {
    return new MetEverywhere(new SharedArrayBuffer((capacity + 1) * 8));
  }

  /** Whether so many keys are there that no more should come: to find a place would take long. */
  get isFull(): boolean {
    return Number(Atomics.load(this.#slots, 0)) > (this.#slots.length - 1) * 0.75;
  }

  add(kind: "state" | "moment", key: string): boolean {
    const value = bitsOf(kind, key);
    const mask = this.#slots.length - 2;
    for (let at = Number(BigInt.asUintN(31, value)) & mask;; at = (at + 1) & mask) {
      const there = Atomics.compareExchange(this.#slots, at + 1, 0n, value);
      if (there === value) return false;
      if (there !== 0n) continue;
      Atomics.add(this.#slots, 0, 1n);
      return true;
    }
  }
}

/** A key is a hash already, whose characters have 16 bits each. */
function bitsOf(kind: "state" | "moment", key: string): bigint {
  let bits = 0n;
  for (let i = 0; i < 4; i++) bits = bits << 16n | BigInt(key.charCodeAt(i));
  // The same key must be another one for each kind.
  return BigInt.asIntN(64, kind === "state" ? bits : ~bits) || 1n;
}
