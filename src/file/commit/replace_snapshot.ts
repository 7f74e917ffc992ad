import { dirname } from "node:path";
import { errorCode, isLinkUnsupported, isMissing } from "../errors/error_code.ts";
import { type FileInfo, type FileSystem, isSameFile } from "../fs/file_system.ts";
import { backupOf, temporaryOf } from "../paths.ts";
import { statIfThere } from "../fs/stat_if_there.ts";
import { writeFile } from "../fs/write_file.ts";

/** How to write a generation. */
export interface SnapshotOptions {
  /** Whether main becomes the backup: only if it is known to be valid (clause P7). */
  readonly rotate: boolean;
  /**
   * Whether main's own name is sure to be durable. After a load it may not be: an earlier process
   * may have been told that the directory's fsync failed, and later ones then succeed without it.
   */
  readonly isMainSure: boolean;
  /** Whether to sync; without, a power cut may undo or tear it. */
  readonly sync: boolean;
  /** Is asked before main is replaced, and rejects if it must not be. */
  readonly confirm?: () => Promise<void>;
  /** The main file that is replaced, whose mode and owner are kept. */
  readonly replaces: FileInfo | undefined;
}

/** What became of a write. */
export interface WrittenSnapshot {
  /** The new file. */
  readonly info: FileInfo;
  /** Why it is not certain that it is, or stays, main; `undefined` if it is certain. */
  readonly doubt: unknown;
}

/** How often a write starts again when another store's open clears its temporary file away. */
const ATTEMPTS = 3;

/**
 * Writes a generation so that at every instant the old or the new one is there, whole.
 *
 * Rejects if main is still the old generation. If main may have been replaced, but a power cut
 * could still undo it, the answer says so.
 */
export async function replaceSnapshot(
  fileSystem: FileSystem,
  main: string,
  bytes: Uint8Array,
  options: SnapshotOptions,
): Promise<WrittenSnapshot> {
  for (let attempt = 1;; attempt++) {
    const temporary = temporaryOf(main, fileSystem.uniqueName());
    const progress: Progress = {};
    try {
      await replaceMain(fileSystem, main, temporary, bytes, options, progress);
      return { info: progress.info!, doubt: undefined };
    } catch (error) {
      const { info, isBegun, isDone } = progress;
      if (isDone || (isBegun && await mayBe(fileSystem, main, info!))) {
        return { info: info!, doubt: error };
      }
      // EEXIST, and nothing is written: the name is somebody else's, and so is the file.
      const isOurs = info !== undefined || errorCode(error) !== "EEXIST";
      if (isOurs) await fileSystem.unlink(temporary).catch(() => {});
      if (!isBegun || !isMissing(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** How far a write has come. */
interface Progress {
  /** The new file, once it is whole. */
  info?: FileInfo;
  /** Whether main may be the new file. */
  isBegun?: boolean;
  /** Whether main surely is, or has been, the new file. */
  isDone?: boolean;
}

/** The protocol. */
async function replaceMain(
  fileSystem: FileSystem,
  main: string,
  temporary: string,
  bytes: Uint8Array,
  { rotate, isMainSure, sync, confirm, replaces }: SnapshotOptions,
  progress: Progress,
): Promise<void> {
  const directory = dirname(main);
  progress.info = await writeFile(fileSystem, temporary, bytes, { sync, like: replaces });
  if (rotate) {
    // While main may yet vanish, the backup goes only when the new file is sure to be found.
    if (sync && !isMainSure) await fileSystem.syncDirectory(directory);
    await renewBackup(fileSystem, main, sync);
  }
  // A barrier: even if the rename is not atomic, there will be a complete file to find.
  if (sync) await fileSystem.syncDirectory(directory);
  await confirm?.();
  progress.isBegun = true;
  await fileSystem.rename(temporary, main);
  progress.isDone = true;
  if (sync) await fileSystem.syncDirectory(directory);
}

/** Main gets a second name, so that it is there while and after it is replaced. */
async function renewBackup(fileSystem: FileSystem, main: string, sync: boolean): Promise<void> {
  const backup = backupOf(main);
  try {
    await fileSystem.unlink(backup);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    await fileSystem.link(main, backup);
  } catch (error) {
    if (!isLinkUnsupported(error)) throw error;
    const { bytes, info } = await fileSystem.readFile(main);
    await writeFile(fileSystem, backup, bytes, { sync, like: info });
  }
}

/** Whether main is the new file, after a failure that leaves it open; also if nobody can tell. */
async function mayBe(fileSystem: FileSystem, main: string, info: FileInfo): Promise<boolean> {
  try {
    return isSameFile(await statIfThere(fileSystem, main), info);
  } catch {
    return true;
  }
}
