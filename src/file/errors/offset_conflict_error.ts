import { quote } from "../../core/table/message_queue.ts";

/**
 * Somebody else has changed the file since this store read or wrote it (clause P9).
 *
 * Nothing was overwritten. Close the other writer and open the store again, or open it with
 * `onConflict: "merge"`, which keeps the greater offset of each queue.
 *
 * @example
 * ```ts
 * import { OffsetConflictError } from "@offsetstore/rocketmq";
 *
 * const error = new OffsetConflictError("offset.json", "it was replaced");
 * if (error.path !== "offset.json") throw error;
 * ```
 */
export class OffsetConflictError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetConflictError";
  /** The path of the main file. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param path The path of the main file.
   * @param state What happened to the file, in words.
   * @param options `cause`: what was wrong with the changed file, if it is not usable.
   */
  constructor(path: string, state: string, options?: ErrorOptions) {
    super(`Cannot persist offsets to ${quote(path)}: ${state} since it was last read`, options);
    this.path = path;
  }
}
