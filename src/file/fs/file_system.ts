import type { MaybePromise } from "./maybe_promise.ts";

/**
 * All the input and output of the file store: what it asks of a file system, call by call.
 *
 * One method is one system call wherever that can be, so that a simulated file system can stop,
 * fail or reorder at each. An error carries Node's `code`, as far as the runtime knows one. What
 * each persist calls may answer, or throw, at once. The default, `nodeFileSystem`, works on Deno,
 * Bun and Node.
 */
export interface FileSystem {
  /**
   * Reads a whole file, following links.
   *
   * `info` is taken before the bytes, of the very file that is read: a change in between makes
   * the next comparison fail rather than pass.
   */
  readFile(path: string): Promise<{ readonly bytes: Uint8Array; readonly info: FileInfo }>;
  /**
   * Describes what a path leads to, following links: a file, or a directory, whose time must change
   * with each name that it gets or loses.
   *
   * @returns `undefined` if nothing is there; an error whose code is ENOENT says the same.
   */
  stat(path: string): MaybePromise<FileInfo | undefined>;
  /** The target of a symbolic link as it is written there; `undefined` for anything else. */
  readLink(path: string): Promise<string | undefined>;
  /** The names in a directory, in any order. */
  readDirectory(path: string): Promise<string[]>;
  /** Creates a file that must not be there yet (O_CREAT | O_EXCL) with mode 0600, to write it. */
  create(path: string): Promise<WritableFile>;
  /** Makes a file's content durable (fsync). */
  syncFile(path: string): Promise<void>;
  /** Makes a directory's entries durable (fsync); does nothing where the platform has no such call. */
  syncDirectory(path: string): Promise<void>;
  /** Gives a file a second name, which must not be there yet (a hard link). */
  link(existing: string, path: string): Promise<void>;
  /** Gives a file another name, replacing what had that name. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a name. */
  unlink(path: string): Promise<void>;
  /** Makes one directory with mode 0700; its parent must be there. */
  makeDirectory(path: string): Promise<void>;
  /** Removes an empty directory. */
  removeDirectory(path: string): Promise<void>;
  /** Lets some milliseconds pass; a simulated system need not wait. */
  pause(ms: number): Promise<void>;
  /** A part of a file name that nobody else has used or will use. */
  uniqueName(): string;
}

/** A file that was just created, open for writing. */
export interface WritableFile {
  /**
   * Writes bytes at a position, over what is there, and makes the file longer where it ends. Once it
   * has answered, the bytes are the caller's again.
   *
   * @returns How many were accepted: fewer than were given if there are many, and on a full disk,
   *   without an error.
   */
  write(bytes: Uint8Array, position: number): MaybePromise<number>;
  /**
   * Fills the room behind the end with zeros, so that to write there is all that a write does: what
   * makes a file longer takes longer to sync. It may do less; nothing depends on it.
   */
  reserve(position: number, length: number): Promise<void>;
  /** Sets the permission bits. */
  chmod(mode: number): Promise<void>;
  /** Sets the owner. */
  chown(uid: number, gid: number): Promise<void>;
  /**
   * Sets the time of change back by more than `TICK_MS`, so that no later write has the same.
   *
   * Who writes in place at the same tick, and as many bytes, would otherwise leave no trace (P9).
   */
  backdate(): Promise<void>;
  /** Describes the file. */
  stat(): Promise<FileInfo>;
  /** Makes the content and everything else about the file durable (fsync). */
  sync(): Promise<void>;
  /** Makes the content durable, and of the rest what is needed to read it (fdatasync). */
  syncData(): MaybePromise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * The system's clock for files ticks every few milliseconds, and some runtimes tell no less than
 * one: two times that are not further apart than this may be told as one. (FAT's clock is coarser.)
 */
export const TICK_MS = 20;

/**
 * Tells whether a file was changed so shortly before it was read that a change right after that
 * might show neither in its time nor in its size.
 *
 * @param since When the reading began, in milliseconds since 1970.
 */
export function isFresh({ mtimeMs }: FileInfo, since: number): boolean {
  // The clock that told `since` has left out the fraction, too.
  return Math.abs(since - Math.floor(mtimeMs)) <= TICK_MS;
}

/**
 * What is known of a file without reading it.
 *
 * If a `number` does not hold `dev` or `ino` exactly, both are bigints: rounded, two of the files of
 * Windows could look like one. A file system tells them of one file always by the same kind.
 */
export interface FileInfo {
  /** The device that holds it. */
  readonly dev: number | bigint;
  /** Its number on that device. */
  readonly ino: number | bigint;
  /** Its length in bytes. */
  readonly size: number;
  /**
   * When its content, or a directory's names, were last changed, in milliseconds since 1970, as fine
   * as the runtime tells and a `number` holds: to a quarter of a microsecond.
   */
  readonly mtimeMs: number;
  /** The permission bits, without the file type. */
  readonly mode: number;
  /** The owner's number. */
  readonly uid: number;
  /** The group's number. */
  readonly gid: number;
}

/**
 * Tells whether two descriptions are of the same, unchanged file; `undefined` stands for no file.
 *
 * Every writer that renames makes another inode, one that rewrites in place another time or size.
 * The time of the last status change is left out: making the backup's link changes it.
 */
export function isSameFile(a: FileInfo | undefined, b: FileInfo | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isSameInode(a, b) && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** Tells whether two descriptions are of one file, changed or not. */
export function isSameInode(a: FileInfo, b: FileInfo): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
