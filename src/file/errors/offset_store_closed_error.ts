import { quote } from "../../core/table/message_queue.ts";

/**
 * A closed store was used.
 *
 * @example
 * ```ts
 * import { OffsetStoreClosedError } from "@offsetstore/rocketmq";
 *
 * const error = new OffsetStoreClosedError("update", "offset.json");
 * if (error.path !== "offset.json") throw error;
 * ```
 */
export class OffsetStoreClosedError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetStoreClosedError";
  /** The path of the main file. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param action What was tried, such as `"update"`.
   * @param path The path of the main file.
   */
  constructor(action: string, path: string) {
    super(`Cannot ${action} offsets of ${quote(path)}: the store is closed`);
    this.path = path;
  }
}
