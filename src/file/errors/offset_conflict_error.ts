import { quote } from "../../core/table/message_queue.ts";

/**
 * Somebody else has changed the file since this store read or wrote it (clause P9).
 *
 * Nothing was overwritten. The writer may be another process with the same client id: give each its own
 * instance name. It may be the operator's tool. The ways out: `resolveConflict("theirs")`, `("mine")` or
 * `("max")`, and then persist again; `abandon()`; or open with `onConflict: "merge"`, which keeps the
 * greater offset of each queue by itself.
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
    super(
      `Cannot persist offsets to ${
        quote(path)
      }: ${state} since it was last read, perhaps by another ` +
        "process with the same client id (give each its own instance name) or by the operator's " +
        'tool; go on with resolveConflict("theirs" | "mine" | "max"), abandon() the store, or open ' +
        'it with onConflict: "merge"',
      options,
    );
    this.path = path;
  }
}
