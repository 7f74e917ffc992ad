/**
 * The text is not an offset file: where, and why.
 *
 * @example
 * ```ts
 * import { OffsetFileSyntaxError, parse } from "@offsetstore/rocketmq/core";
 *
 * try {
 *   parse('{"offsetTable":{');
 * } catch (error) {
 *   if (!(error instanceof OffsetFileSyntaxError) || error.position !== 16) throw error;
 * }
 * ```
 */
export class OffsetFileSyntaxError extends SyntaxError {
  /** The name of the class. */
  override readonly name: string = "OffsetFileSyntaxError";
  /** Where the fault is: in bytes of a file; `parse` counts UTF-16 units of its text. */
  readonly position: number;
  /** The fault at that position, in words. */
  readonly reason: string;

  /**
   * Makes the error.
   *
   * @param position Where the fault is, from 0.
   * @param reason The fault at that position.
   */
  constructor(position: number, reason: string) {
    super(`Cannot parse offset file at position ${position}: ${reason}`);
    this.position = position;
    this.reason = reason;
  }
}
