import { quote } from "../../core/table/message_queue.ts";
import { adviceFor } from "./advice.ts";
import { errorCode, messageOf } from "./error_code.ts";

/**
 * The offsets could not be made durable (clause P4).
 *
 * Memory is unchanged and the store can be used. The next persist starts again with a new file.
 *
 * @example
 * ```ts
 * import { OffsetPersistError } from "@offsetstore/rocketmq";
 *
 * const error = new OffsetPersistError("offset.json", new Error("no space left"), "previous");
 * if (error.onDisk !== "previous") throw error;
 * ```
 */
export class OffsetPersistError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetPersistError";
  /** The path of the main file. */
  readonly path: string;
  /** The system's code, such as `ENOSPC`, if the runtime names one. */
  readonly code: string | undefined;
  /**
   * The offsets that a power cut now would leave: `"previous"`, or `"either"` if the failure came
   * after the file was replaced or a record of the journal was written.
   */
  readonly onDisk: "previous" | "either";

  /**
   * Makes the error.
   *
   * @param path The path of the main file.
   * @param cause The error of the file system.
   * @param onDisk Whether the file may have been replaced already.
   */
  constructor(path: string, cause: unknown, onDisk: "previous" | "either") {
    const state = onDisk === "previous"
      ? "the file is as it was"
      : "the new offsets are there, or may be the previous ones again after a power cut";
    const advice = adviceFor(cause);
    const parts = [messageOf(cause), state, ...(advice === undefined ? [] : [advice])];
    super(`Cannot persist offsets to ${quote(path)}: ${parts.join("; ")}`, { cause });
    this.path = path;
    this.code = errorCode(cause);
    this.onDisk = onDisk;
  }
}
