import { ensureCapacity } from "./ensure_capacity.ts";

/** An array of int64s that grows. */
export class Int64Array {
  #values: BigInt64Array;
  #halves: Int32Array;

  /** So many zeros. */
  constructor(length = 0) {
    this.#values = new BigInt64Array(length);
    this.#halves = halvesOf(this.#values);
  }

  /** Those of a list. */
  static of(...values: bigint[]): Int64Array {
    const array = new Int64Array(values.length);
    array.#values.set(values);
    return array;
  }

  /** Has at least so many elements from now on; those that are new are 0. */
  makeRoom(length: number): void {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: the same would be made anew
    if (length <= this.#values.length) return;
    this.#values = ensureCapacity(this.#values, length);
    this.#halves = halvesOf(this.#values);
  }

  /**
   * The same memory as numbers, two for each element; once there is more room, they are others.
   *
   * To move or to compare an int64 in halves makes no bigint, and a bigint costs more than all else
   * about it.
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

  /** A copy of all. */
  slice(): Int64Array {
    const copy = new Int64Array(this.#values.length);
    copy.#values.set(this.#values);
    return copy;
  }
}

function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
}
