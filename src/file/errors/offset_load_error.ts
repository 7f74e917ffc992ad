import { quote } from "../../core/table/message_queue.ts";
import { adviceFor } from "./advice.ts";
import { errorCode, messageOf } from "./error_code.ts";

/**
 * A file could not be examined: no permission, too many open files, a directory in its place.
 *
 * The file may be intact, so it is neither taken for missing nor replaced by the backup (clause
 * L5).
 *
 * @example
 * ```ts
 * import { OffsetLoadError } from "@offsetstore/rocketmq";
 *
 * const error = new OffsetLoadError("offset.json", new Error("permission denied"));
 * if (error.path !== "offset.json") throw error;
 * ```
 */
export class OffsetLoadError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetLoadError";
  /** The file or directory that could not be examined. */
  readonly path: string;
  /** The system's code, such as `EACCES`, if the runtime names one. */
  readonly code: string | undefined;

  /**
   * Makes the error.
   *
   * @param path The file or directory that could not be examined.
   * @param cause The error of the file system.
   */
  constructor(path: string, cause: unknown) {
    const advice = adviceFor(cause);
    const parts = [messageOf(cause), ...(advice === undefined ? [] : [advice])];
    super(`Cannot load offsets from ${quote(path)}: ${parts.join("; ")}`, { cause });
    this.path = path;
    this.code = errorCode(cause);
  }
}
