import { errorCode } from "./error_code.ts";
import type { FileInfo, FileSystem, WritableFile } from "./file_system.ts";

/**
 * Writes a new file, whole, and makes its content durable.
 *
 * @param options `sync`: whether to sync it; `like`: the file whose mode and owner it takes.
 * @returns The file, as it will be found under any name that it is given.
 */
export async function writeFile(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
  { sync, like }: { readonly sync: boolean; readonly like: FileInfo | undefined },
): Promise<FileInfo> {
  const file = await fileSystem.create(path);
  try {
    await writeAll(file, bytes, 0);
    // Where times cannot be set, the file has the one that it would have had.
    await file.backdate().catch(() => {});
    const info = await file.stat();
    // Some systems report more than they took.
    if (info.size !== BigInt(bytes.length)) throw new ShortWriteError(info.size, bytes.length);
    if (like !== undefined) await takeAfter(file, info, like);
    if (sync) await file.sync();
    return info;
  } finally {
    await file.close();
  }
}

/** On a full disk a short write is reported as success: only the sum of them tells. */
export async function writeAll(
  file: WritableFile,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    // To cut nothing off would cost, too, and nearly always the first takes all.
    const rest = done === 0 ? bytes : bytes.subarray(done);
    const accepted = await file.write(rest, position + done);
    if (!(accepted > 0)) throw new ShortWriteError(done, bytes.length);
    done += accepted;
  }
}

async function takeAfter(file: WritableFile, info: FileInfo, like: FileInfo): Promise<void> {
  if (info.uid !== like.uid || info.gid !== like.gid) {
    try {
      // An operator who is root must not take the file from the consumer.
      await file.chown(like.uid, like.gid);
    } catch (error) {
      // Only root may give a file away; who may write the directory may still replace the file.
      if (errorCode(error) !== "EPERM") throw error;
    }
  }
  if (info.mode !== like.mode) await file.chmod(like.mode);
}

/** The file system took fewer bytes than it was given, without saying why: a full disk does so. */
class ShortWriteError extends Error {
  override readonly name = "ShortWriteError";

  constructor(accepted: number | bigint, length: number) {
    super(`only ${accepted} of ${length} bytes were accepted, as if the disk were full`);
  }
}
