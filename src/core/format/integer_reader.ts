import type { Offset } from "../table/offset.ts";

/** One digit more than any int64 has. To read all digits of a hostile number could take forever. */
const MOST_DIGITS = 20;

/** Reads the integers in a text, without a substring for each. */
export class IntegerReader {
  /** Where the last integer ended. */
  end = 0;
  readonly #text: string;
  /** Its value, which is rounded beyond 2^53. */
  #value = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The int32 that begins at a position, if there is one. */
  int32(start: number): number | undefined {
    return this.#read(start) && (this.#value | 0) === this.#value ? this.#value : undefined;
  }

  /** The int64 that begins at a position, if there is one: a number if that is exact. */
  int64(start: number): number | Offset | undefined {
    if (!this.#read(start)) return undefined;
    if (Number.isSafeInteger(this.#value)) return this.#value;
    const exact = BigInt(this.#text.slice(start, this.end));
    return BigInt.asIntN(64, exact) === exact ? exact : undefined;
  }

  /**
   * Tells whether an integer in JSON's form is there. Of a longer number it reads the beginning.
   */
  #read(start: number): boolean {
    const isNegative = this.#text.charCodeAt(start) === 0x2d;
    const first = isNegative ? start + 1 : start;
    let end = first;
    let value = 0;
    for (const limit = first + MOST_DIGITS; end < limit; end++) {
      const digit = this.#digitAt(end);
      if (digit === undefined) break;
      value = 10 * value + digit;
    }
    this.end = end;
    this.#value = isNegative ? -value : value;
    return end > first && (end === first + 1 || this.#digitAt(first) !== 0);
  }

  #digitAt(position: number): number | undefined {
    const digit = this.#text.charCodeAt(position) - 0x30;
    return digit >= 0 && digit <= 9 ? digit : undefined;
  }
}
