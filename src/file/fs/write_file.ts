import type { WritableFile } from "./file_system.ts";

/**
 * Writes all bytes at a position.
 *
 * A write may accept fewer bytes than it is given. On a full disk that is no error, so only the sum
 * of all writes shows it.
 */
export async function writeAll(
  file: WritableFile,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const accepted = await file.write(bytes.subarray(done), position + done);
    if (!(accepted > 0)) throw new ShortWriteError(done, bytes.length);
    done += accepted;
  }
}

/**
 * The file system took fewer bytes than it was given, without an error: a full disk can do that.
 */
export class ShortWriteError extends Error {
  override readonly name = "ShortWriteError";

  constructor(accepted: number, length: number) {
    super(`only ${accepted} of ${length} bytes were accepted, as if the disk were full`);
  }
}
