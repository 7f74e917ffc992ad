import process from "node:process";
import { OffsetLockError } from "../errors/offset_lock_error.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { lockOf } from "../paths.ts";
import { type Lock, LockFile } from "./lock_file.ts";
import { predecessorOf } from "./predecessor.ts";

/**
 * Takes the lock of a store for as long as the store is open.
 *
 * @returns The lock; once it is lost, `confirm` rejects with an `OffsetLockError`.
 * @throws {OffsetLockError} If another process holds it in the same way.
 */
export async function takeExclusiveLock(fileSystem: FileSystem, main: string): Promise<Lock> {
  const path = lockOf(main);
  const lock = await LockFile.acquire(fileSystem, path, {
    like: await predecessorOf(fileSystem, main),
    exclusive: { pid: process.pid },
  });
  return {
    async confirm() {
      if (!await lock.isHeld()) throw new OffsetLockError(path, "lost");
    },
    release: () => lock.release(),
  };
}
