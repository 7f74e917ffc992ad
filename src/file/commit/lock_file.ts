import { setImmediate } from "node:timers/promises";
import { errorCode, isMissing } from "../errors/error_code.ts";
import { OffsetLockError } from "../errors/offset_lock_error.ts";
import { type FileInfo, isSameInode } from "../fs/file_info.ts";
import type { FileSystem, WritableFile } from "../fs/file_system.ts";
import { NotRegularFileError } from "../fs/not_regular_file_error.ts";
import { type Ownership, takeAfter } from "../fs/take_after.ts";
import { writeAll } from "../fs/write_file.ts";
import { temporaryOf } from "../paths.ts";
import { ChangedMeanwhileError } from "./changed_meanwhile_error.ts";

/** A lock that has not grown for this long belongs to a dead process. */
const DEAD_AFTER_MS = 5000;
/** The holder appends a byte this often. */
const BEAT_MS = 1000;
const LONGEST_PAUSE_MS = 50;
/** The most removals of a lock; after them something else is wrong, such as a system that lies. */
const MAX_REMOVALS = 3;

const BEAT = new Uint8Array([0x2e]);

/** A lock that is held. */
export interface Lock {
  /** Rejects if this process does not hold it any more. */
  confirm(): Promise<void>;
  /** Gives it back. */
  release(): Promise<void>;
}

/** Where one of two writers is refused sooner or later, nobody needs a lock. */
export const NO_LOCK: Lock = {
  confirm: () => Promise.resolve(),
  release: () => Promise.resolve(),
};

/** How a lock is taken. */
export interface LockOptions {
  readonly like?: Ownership;
  readonly stop?: () => void;
  /** The process that will hold it for as long as its store is open; the file tells that. */
  readonly exclusive?: { readonly pid: number };
}

const EXCLUSIVE = /^exclusive (\d+)\n/;

/**
 * A lock between processes: a file that only one of them can create.
 *
 * Under `onConflict: "merge"` it makes one step of reading what others wrote and replacing it, so
 * that no writer's maximum is lost in between. The holder appends a byte to the file each second: the
 * growth shows that it is alive, where times may be too coarse to show it. A file that has not grown
 * for five seconds was left by a killed process and is removed. A holder that was only stopped for so
 * long notices with `confirm` before it replaces anything.
 *
 * Under `exclusive: true` a process holds the lock for as long as its store is open, and the file says
 * so: nobody waits for such a lock while it grows.
 */
export class LockFile implements Lock {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #file: WritableFile;
  readonly #info: FileInfo;
  /** How long the file was before the first beat. */
  readonly #begin: number;
  readonly #released = new AbortController();
  /** Settles once the lock was given back and no beat is being written. */
  readonly #beating: Promise<void>;

  private constructor(
    fileSystem: FileSystem,
    path: string,
    { file, info, begin }: { file: WritableFile; info: FileInfo; begin: number },
  ) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#file = file;
    this.#info = info;
    this.#begin = begin;
    this.#beating = this.#beat();
  }

  /**
   * Waits for the lock and takes it.
   *
   * @param options.like The file whose owner, group and mode the lock takes (O1).
   * @param options.stop Rejects the wait when it throws.
   * @param options.exclusive Tells others that the lock is held for as long as a store is open.
   * @throws {OffsetLockError} If another process holds it in that way.
   * @throws {NotRegularFileError} If there is no lock file at the path, but something else.
   */
  static async acquire(
    fileSystem: FileSystem,
    path: string,
    options: LockOptions = {},
  ): Promise<LockFile> {
    const { stop = () => {} } = options;
    let seen: FileInfo | undefined;
    let [waited, removals] = [0, 0];
    for (let pause = 1;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      stop();
      const lock = await LockFile.#create(fileSystem, path, options);
      if (lock !== undefined) return lock;
      const info = await fileSystem.stat(path);
      const isFile = info === undefined || info.kind === "file";
      const target = await fileSystem.readLink(path).catch(() => undefined);
      if (!isFile || target !== undefined) throw new NotRegularFileError(path);
      if (!hasNotGrown(info, seen)) {
        if (info !== undefined && seen !== undefined && isSameInode(info, seen)) {
          await refuseExclusive(fileSystem, path);
        }
        [seen, waited] = [info, 0];
      }
      if (waited >= DEAD_AFTER_MS) {
        if (removals++ === MAX_REMOVALS) throw new Error(`the lock "${path}" cannot be taken`);
        await removeDead(fileSystem, path, seen);
        [seen, waited] = [undefined, 0];
      } else {
        const rest = Math.min(pause, DEAD_AFTER_MS - waited);
        await fileSystem.pause(rest);
        waited += rest;
      }
    }
  }

  static async #create(
    fileSystem: FileSystem,
    path: string,
    { like, exclusive }: LockOptions,
  ): Promise<LockFile | undefined> {
    let file;
    try {
      file = await fileSystem.create(path);
    } catch (error) {
      if (errorCode(error) === "EEXIST") return undefined;
      throw error;
    }
    try {
      const info = await file.stat();
      if (like !== undefined) await takeAfter(file, info, like);
      const text = exclusive === undefined ? "" : `exclusive ${exclusive.pid}\n`;
      const bytes = new TextEncoder().encode(text);
      if (bytes.length > 0) await writeAll(file, bytes, 0);
      return new LockFile(fileSystem, path, { file, info, begin: bytes.length });
    } catch (error) {
      await file.close().catch(() => {});
      await fileSystem.unlink(path).catch(() => {});
      throw error;
    }
  }

  async #beat(): Promise<void> {
    const { signal } = this.#released;
    for (let beats = 0;; beats++) {
      await this.#fileSystem.pause(BEAT_MS, signal);
      // A simulated pause may take no time at all.
      await setImmediate();
      if (signal.aborted) return;
      // On a full disk the lock does not grow: `confirm` tells if somebody takes it over.
      await this.#file.write(BEAT, this.#begin + beats).catch(() => {});
    }
  }

  /** Tells whether this process still holds the lock. */
  async isHeld(): Promise<boolean> {
    const now = await this.#fileSystem.stat(this.#path);
    return now !== undefined && isSameInode(now, this.#info);
  }

  /** A merging store that lost the lock begins again. */
  async confirm(): Promise<void> {
    if (!await this.isHeld()) throw new ChangedMeanwhileError();
  }

  /** Gives the lock back; a failure costs the next one a wait. */
  async release(): Promise<void> {
    this.#released.abort();
    await this.#beating;
    try {
      await this.#file.close();
      if (await this.isHeld()) await this.#fileSystem.unlink(this.#path);
    } catch {
      // Another process finds that it does not grow, and removes it.
    }
  }
}

function hasNotGrown(now: FileInfo | undefined, seen: FileInfo | undefined): boolean {
  if (now === undefined || seen === undefined) return now === seen;
  return isSameInode(now, seen) && now.size === seen.size;
}

/** Rejects if the lock, which has grown just now, is held for as long as a store is open. */
async function refuseExclusive(fileSystem: FileSystem, path: string): Promise<void> {
  let bytes: Uint8Array;
  try {
    ({ bytes } = await fileSystem.readFile(path));
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const pid = EXCLUSIVE.exec(new TextDecoder().decode(bytes))?.[1];
  if (pid !== undefined) throw new OffsetLockError(path, "held", Number(pid));
}

/** Renames it first, so that one of all that find it dead succeeds; a newer lock is put back. */
async function removeDead(
  fileSystem: FileSystem,
  path: string,
  dead: FileInfo | undefined,
): Promise<void> {
  const caught = temporaryOf(path, fileSystem.uniqueName());
  try {
    await fileSystem.rename(path, caught);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const info = await fileSystem.stat(caught);
  if (!hasNotGrown(info, dead)) await fileSystem.link(caught, path).catch(() => {});
  await fileSystem.unlink(caught);
}
