import { quote } from "../../core/table/message_queue.ts";

/**
 * A path of the store leads to a FIFO, a device, a directory or the like, not to a regular file
 * (O3).
 */
export class NotRegularFileError extends Error {
  override readonly name = "NotRegularFileError";

  constructor(path: string) {
    super(`${quote(path)} is not a regular file; it stays as it is`);
  }
}
