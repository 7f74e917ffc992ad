import { quote } from "../../core/table/message_queue.ts";

/** A file that could not be used, and why. */
export interface FileFault {
  /** The file. */
  readonly path: string;
  /** The fault of the file, in words. */
  readonly reason: string;
  /** The cause: an `OffsetFileSyntaxError`, or an error of the file system. */
  readonly cause?: unknown;
}

/** The most faults that the message names; `faults` has all of them. */
const MOST_SHOWN = 5;

/**
 * Offset files exist, but none of them is usable (clause L4).
 *
 * Nothing has been changed. A start without offsets would skip or repeat messages, so a person has
 * to decide: `offsets rescue FILE` shows what is left, `offsets verify --accept FILE` accepts a
 * file that was edited by hand, and `onCorrupt: "reset"` keeps the bad files under other names.
 *
 * @example
 * ```ts
 * import { OffsetFileCorruptError } from "@offsetstore/rocketmq";
 *
 * const error = new OffsetFileCorruptError("offset.json", [{ path: "offset.json", reason: "it is empty" }]);
 * if (error.faults[0].reason !== "it is empty") throw error;
 * ```
 */
export class OffsetFileCorruptError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetFileCorruptError";
  /** The path of the main file. */
  readonly path: string;
  /** Each existing file, and what is wrong with it. */
  readonly faults: readonly FileFault[];
  /**
   * The files that hold a table, if a person has to choose: a main file with a wrong checksum,
   * which may have been edited by hand, and the backup, which is older.
   */
  readonly candidates: readonly string[];

  /**
   * Makes the error.
   *
   * @param path The path of the main file.
   * @param faults Each existing file, and what is wrong with it.
   * @param candidates The files that hold a table, if a person has to choose.
   */
  constructor(
    path: string,
    faults: readonly FileFault[],
    candidates: readonly string[] = [],
  ) {
    const shown = faults.slice(0, MOST_SHOWN);
    const list = shown.map((fault) => `${quote(fault.path)}: ${fault.reason}`);
    if (faults.length > MOST_SHOWN) list.push(`and ${faults.length - MOST_SHOWN} more`);
    const state = candidates.length === 0
      ? "no file is usable"
      : `it must be decided whether to use ${candidates.map(quote).join(" or ")}`;
    super(`Cannot load offsets from ${quote(path)}: ${state} (${list.join("; ")})`, {
      cause: faults[0]?.cause,
    });
    this.path = path;
    this.faults = faults;
    this.candidates = candidates;
  }
}
