/** The longest file that every runtime can read as one string: V8's has 2^29 − 24 units (L4). */
export const LONGEST_FILE = 2 ** 29 - 24;

/**
 * A file is longer than a runtime can read as one string. It may be intact, so it is not corrupt.
 */
export class FileTooLongError extends Error {
  override readonly name = "FileTooLongError";

  constructor(length: number) {
    super(
      `it has ${length} bytes, and at most ${LONGEST_FILE} can be read; ` +
        "if it is no offset file, move it away",
    );
  }
}

/** A table is so long that no runtime could read its file again (L4). Nothing is written. */
export class TableTooLongError extends Error {
  override readonly name = "TableTooLongError";

  constructor(length: number, longest: number) {
    super(
      `the table has ${length} bytes as text, and at most ${longest} can be read again; ` +
        "delete queues that are gone, or keep the offsets of some topics in another store",
    );
  }
}
