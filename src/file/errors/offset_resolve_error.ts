import type { ConflictChoice } from "../../core/rules/resolve_conflict.ts";
import { quote } from "../../core/table/message_queue.ts";

/**
 * A conflict cannot be resolved by this choice, since the files hold no usable table (clause C4).
 *
 * Nothing has been changed. `resolveConflict("mine")` goes on with the offsets in memory, and the next
 * persist keeps the unusable file under another name; `abandon()` ends the store and leaves the files
 * as they are.
 *
 * @example
 * ```ts
 * import { OffsetResolveError } from "@offsetstore/rocketmq";
 *
 * const error = new OffsetResolveError("offset.json", "theirs", "it is empty");
 * if (error.choice !== "theirs") throw error;
 * ```
 */
export class OffsetResolveError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetResolveError";
  /** The path of the main file. */
  readonly path: string;
  /** The choice that was refused. */
  readonly choice: ConflictChoice;

  /**
   * Makes the error.
   *
   * @param path The path of the main file.
   * @param choice The choice that was refused.
   * @param reason Why the files are unusable, in words.
   * @param options `cause`: the error that told.
   */
  constructor(path: string, choice: ConflictChoice, reason: string, options?: ErrorOptions) {
    super(
      `Cannot resolve the conflict about ${quote(path)} with ${quote(choice)}: the file is ` +
        `unusable (${reason}); resolveConflict("mine") goes on and keeps it under another name`,
      options,
    );
    this.path = path;
    this.choice = choice;
  }
}
