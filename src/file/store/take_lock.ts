import { takeExclusiveLock } from "../commit/exclusive_lock.ts";
import type { Lock } from "../commit/lock_file.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { OffsetLockError } from "../errors/offset_lock_error.ts";
import type { DirectoryPath } from "../fs/directory_path.ts";
import type { FileSystem } from "../fs/file_system.ts";
import type { Durability } from "../options.ts";
import { lockOf } from "../paths.ts";

/**
 * Takes the lock of an exclusive store. The lock is a file beside main, so its directory is made.
 *
 * @throws {OffsetLockError} If another process holds it.
 * @throws {OffsetLoadError} If the file cannot be made.
 */
export async function takeLock(
  fileSystem: FileSystem,
  main: string,
  { directories, durability }: {
    readonly directories: DirectoryPath;
    readonly durability: Durability;
  },
): Promise<Lock> {
  try {
    await directories.make(durability);
    return await takeExclusiveLock(fileSystem, main);
  } catch (error) {
    throw error instanceof OffsetLockError ? error : new OffsetLoadError(lockOf(main), error);
  }
}
