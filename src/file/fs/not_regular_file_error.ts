import { quote } from "../../core/table/message_queue.ts";

/** There is no regular file at a path of the store, but a FIFO, a device, a directory or the like (O3). */
export class NotRegularFileError extends Error {
  override readonly name = "NotRegularFileError";

  constructor(path: string) {
    super(`${quote(path)} is not a regular file; it stays as it is`);
  }
}
