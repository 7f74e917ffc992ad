import { errorCode, isMissing } from "../errors/error_code.ts";
import { type FileInfo, type FileSystem, isSameFile } from "../fs/file_system.ts";
import { statIfThere } from "../fs/stat_if_there.ts";

/** How long the same lock must be in the way before its owner counts as dead. */
const STALE_MS = 5000;
const LONGEST_PAUSE_MS = 50;
/** After so many removals something else is wrong, such as a system that lies. */
const MAX_REMOVALS = 3;

/**
 * A lock between processes: a file that only one of them can create.
 *
 * Under `onConflict: "merge"` it makes one step of reading what others wrote and replacing it, so
 * that no writer's maximum is lost in between. A lock is held for the time of one write. The file
 * that a killed owner leaves is removed by whoever has waited for it long enough; an owner that
 * was only stopped for so long notices with `confirm`, before it replaces anything.
 */
export class LockFile {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #info: FileInfo;

  private constructor(fileSystem: FileSystem, path: string, info: FileInfo) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#info = info;
  }

  /** Waits for the lock and takes it; rejects if it is in the way though nobody holds it. */
  static async acquire(fileSystem: FileSystem, path: string): Promise<LockFile> {
    let [seen, waited, removals]: [FileInfo | undefined, number, number] = [undefined, 0, 0];
    for (let pause = 1;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const taken = await create(fileSystem, path);
      if (taken !== undefined) return new LockFile(fileSystem, path, taken);
      const info = await statIfThere(fileSystem, path);
      if (!isSameFile(info, seen)) [seen, waited] = [info, 0];
      if (waited >= STALE_MS) {
        if (removals++ === MAX_REMOVALS) throw new Error(`the lock "${path}" cannot be taken`);
        await removeStale(fileSystem, path, seen);
        [seen, waited] = [undefined, 0];
      } else {
        const rest = Math.min(pause, STALE_MS - waited);
        await fileSystem.pause(rest);
        waited += rest;
      }
    }
  }

  /** Rejects if somebody else has taken the lock for stale. */
  async confirm(): Promise<void> {
    if (isSameFile(await statIfThere(this.#fileSystem, this.#path), this.#info)) return;
    throw new Error(`the lock "${this.#path}" was taken over by another process`);
  }

  /** Gives the lock back; that it cannot costs the next one a wait. */
  async release(): Promise<void> {
    try {
      await this.confirm();
      await this.#fileSystem.unlink(this.#path);
    } catch {
      // It is another's by now, or will be found stale.
    }
  }
}

async function create(fileSystem: FileSystem, path: string): Promise<FileInfo | undefined> {
  let file;
  try {
    file = await fileSystem.create(path);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return undefined;
    throw error;
  }
  try {
    return await file.stat();
  } finally {
    await file.close();
  }
}

/** Renames it first: of all who find it stale, one succeeds; who caught a newer one puts it back. */
async function removeStale(
  fileSystem: FileSystem,
  path: string,
  stale: FileInfo | undefined,
): Promise<void> {
  const caught = `${path}.${fileSystem.uniqueName()}.tmp`;
  try {
    await fileSystem.rename(path, caught);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const info = await statIfThere(fileSystem, caught);
  if (!isSameFile(info, stale)) await fileSystem.link(caught, path).catch(() => {});
  await fileSystem.unlink(caught);
}
