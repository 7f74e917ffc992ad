import { ensureCapacity } from "./ensure_capacity.ts";

/** An array of int64s that grows. */
export class Int64Array {
  #values: BigInt64Array;
  #halves: Int32Array;

  /** Makes an array of `length` zeros. */
  constructor(length = 0) {
    this.#values = new BigInt64Array(length);
    this.#halves = halvesOf(this.#values);
  }

  /** Makes an array of these values. */
  static of(...values: bigint[]): Int64Array {
    const array = new Int64Array(values.length);
    array.#values.set(values);
    return array;
  }

  /** Makes room for at least `length` elements; new elements are 0. */
  makeRoom(length: number): void {
    if (length <= this.#values.length) return;
    this.#values = ensureCapacity(this.#values, length);
    this.#halves = halvesOf(this.#values);
  }

  /**
   * The same memory as 32-bit numbers, two for each element. After `makeRoom` it is another array.
   *
   * To move or compare an int64 in halves makes no bigint. To make a bigint costs more than all the
   * rest.
   */
  get halves(): Int32Array {
    return this.#halves;
  }

  get(at: number): bigint {
    return this.#values[at];
  }

  set(at: number, value: bigint): void {
    this.#values[at] = value;
  }

  /**
   * Sets an element to a greater value; a value that is not greater changes nothing.
   *
   * It compares the halves: on Bun each read of a bigint from an array makes an object, which takes as
   * long as half of all else that an update does.
   *
   * @returns Whether the value was greater.
   */
  raise(at: number, value: bigint): boolean {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) return this.#raiseExactly(at, value);
    // Not as a list, which Bun makes and takes apart again.
    const halves = this.#halves;
    const low = 2 * at;
    const high = low + 1;
    const lower = number | 0;
    const upper = Math.floor(number / 2 ** 32);
    const isGreater = upper > halves[high] ||
      // The lower half has no sign.
      (upper === halves[high] && (lower >>> 0) > (halves[low] >>> 0));
    if (!isGreater) return false;
    halves[low] = lower;
    halves[high] = upper;
    return true;
  }

  #raiseExactly(at: number, value: bigint): boolean {
    if (value <= this.#values[at]) return false;
    this.#values[at] = value;
    return true;
  }

  /** Copies the elements from `start` to `end` of another array to the same places. */
  copyFrom(other: Int64Array, start: number, end: number): void {
    this.#values.set(other.#values.subarray(start, end), start);
  }
}

function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
}
