import { quote } from "./message_queue.ts";

/** A position in a message queue: an int64. A negative one, by convention `-1n`, means "none". */
export type Offset = bigint;

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** What a read answers when there is no offset. */
export const NO_OFFSET: Offset = -1n;

/**
 * Makes an offset of a `bigint` or a safe integer (clause U6).
 *
 * @param value An integer in the int64 range; a `number` must be a safe integer, since beyond
 *   2^53 it may already have been rounded.
 * @returns The same integer as a `bigint`.
 * @throws {TypeError} If the value is neither a `bigint` nor a `number`.
 * @throws {RangeError} If it is not a safe integer or not an int64.
 *
 * @example
 * ```ts
 * import { toOffset } from "@offsetstore/rocketmq/core";
 *
 * if (toOffset(42) !== 42n) throw new Error("42 is 42");
 * ```
 */
export function toOffset(value: Offset | number): Offset {
  if (typeof value === "bigint") {
    if (value < MIN || value > MAX) {
      throw new RangeError(`Cannot use offset ${quote(value)}: it is not an int64`);
    }
    return value;
  }
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use offset ${quote(value)}: it is neither a bigint nor a number`);
  }
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`Cannot use offset "${value}": it is not a safe integer, pass a bigint`);
  }
  return BigInt(value);
}
