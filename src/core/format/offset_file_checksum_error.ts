import { quote } from "../table/message_queue.ts";
import { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";

/**
 * The file is well-formed, but its checksum is not the one of its table.
 *
 * Either it was edited by hand, or the disk returned other bytes than were written. After an edit,
 * accept it with `offsets verify --accept FILE`.
 *
 * @example
 * ```ts
 * import { OffsetFileChecksumError, parse } from "@offsetstore/rocketmq/core";
 *
 * try {
 *   parse('{"offsetTable":{},"crc32":"00000000"}');
 * } catch (error) {
 *   if (!(error instanceof OffsetFileChecksumError) || error.expected !== "00000000") throw error;
 * }
 * ```
 */
export class OffsetFileChecksumError extends OffsetFileSyntaxError {
  /** The name of the class. */
  override readonly name = "OffsetFileChecksumError";
  /** The checksum that the file has. */
  readonly expected: string;
  /** The checksum of its table. */
  readonly actual: string;

  /**
   * Makes the error.
   *
   * @param position Where the checksum stands, from 0.
   * @param expected The checksum that the file has.
   * @param actual The checksum of its table.
   */
  constructor(position: number, expected: string, actual: string) {
    super(
      position,
      `the checksum is ${quote(expected)}, but that of the table is "${actual}" ` +
        `(if the file was edited by hand, accept it with: offsets verify --accept FILE)`,
    );
    this.expected = expected;
    this.actual = actual;
  }
}
