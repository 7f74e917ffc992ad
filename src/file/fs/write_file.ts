import { andThen, type MaybePromise } from "./maybe_promise.ts";
import { errorCode } from "../errors/error_code.ts";
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
    if (info.size !== bytes.length) throw new ShortWriteError(info.size, bytes.length);
    if (like !== undefined) await takeAfter(file, info, like);
    if (sync) await file.sync();
    return info;
  } finally {
    await file.close();
  }
}

/** On a full disk a short write is reported as success: only the sum of them tells. */
export function writeAll(
  file: WritableFile,
  bytes: Uint8Array,
  position: number,
): MaybePromise<void> {
  return andThen(file.write(bytes, position), (accepted) => {
    // Nearly always the first takes all.
    if (!(accepted >= bytes.length)) return writeRest(file, bytes, position, accepted);
  });
}

/** Writes what the first write did not take, which took so many bytes. */
async function writeRest(
  file: WritableFile,
  bytes: Uint8Array,
  position: number,
  first: number,
): Promise<void> {
  let [done, accepted] = [0, first];
  for (;;) {
    if (!(accepted > 0)) throw new ShortWriteError(done, bytes.length);
    done += accepted;
    if (done >= bytes.length) return;
    accepted = await file.write(bytes.subarray(done), position + done);
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

  constructor(accepted: number, length: number) {
    super(`only ${accepted} of ${length} bytes were accepted, as if the disk were full`);
  }
}
