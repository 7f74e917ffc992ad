import type { PathStyle } from "../path_rules.ts";
import type { FileInfo } from "./file_info.ts";

/**
 * All the input and output of the file store: the calls that it makes on a file system.
 *
 * One method is one system call wherever that is possible, so that a simulated file system can stop,
 * fail or reorder at each call. An error carries Node's `code`, as far as the runtime knows one. The
 * default, `nodeFileSystem`, works on Deno, Bun and Node.
 */
export interface FileSystem {
  /** How its paths are written and which names it allows; as on this platform by default. */
  readonly paths?: PathStyle;
  /**
   * Reads a whole regular file, following links.
   *
   * `info` describes the file that is read, and is taken before the bytes: if the file changes in
   * between, the next comparison finds a change.
   */
  readFile(path: string): Promise<{ readonly bytes: Uint8Array; readonly info: FileInfo }>;
  /**
   * Describes the file or directory that a path leads to, following links. The time of a directory
   * must change with each name that it gets or loses.
   *
   * @returns `undefined` if nothing is there.
   */
  stat(path: string): Promise<FileInfo | undefined>;
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
  /** Gives a file another name, replacing the file that had that name. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a name. */
  unlink(path: string): Promise<void>;
  /** Makes one directory with mode 0700; its parent must be there. */
  makeDirectory(path: string): Promise<void>;
  /** Sets the owner and the group of a directory; rejects if the path is a link. */
  chownDirectory(path: string, uid: number, gid: number): Promise<void>;
  /** Removes an empty directory. */
  removeDirectory(path: string): Promise<void>;
  /**
   * Lets some milliseconds pass; a simulated system need not wait.
   *
   * @param signal Ends the pause early; it does not reject. A pause with a signal does not keep the
   *   process alive.
   */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** The time by the clock that times files, in milliseconds since 1970. */
  now(): number;
  /** A part of a file name that nobody else has used or will use; see `makeUniqueName`. */
  uniqueName(): string;
}

/** A file that was just created, open for writing. */
export interface WritableFile {
  /**
   * Writes bytes at a position, over the bytes that are there, and makes the file longer where it
   * ends. The bytes belong to the caller again once the call has settled.
   *
   * @returns How many bytes were accepted. It may be fewer than were given: for many bytes, and on a
   *   full disk, without an error.
   */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /**
   * Writes zeros behind the end. A write into this room does not make the file longer, so its sync
   * takes less time. A file system may write fewer zeros or none; nothing depends on them.
   */
  reserve(position: number, length: number): Promise<void>;
  /** Cuts the file to a length. */
  truncate(length: number): Promise<void>;
  /** Sets the permission bits. */
  chmod(mode: number): Promise<void>;
  /** Sets the owner and the group. */
  chown(uid: number, gid: number): Promise<void>;
  /**
   * Sets the time of change back by more than the file system's clock is coarse, so that every
   * later write gives the file another time. Otherwise another program could write as many bytes in
   * place and leave no trace (P9).
   */
  backdate(): Promise<void>;
  /** Describes the file. */
  stat(): Promise<FileInfo>;
  /** Makes the content and everything else about the file durable (fsync). */
  sync(): Promise<void>;
  /** Makes the content durable, and the metadata that is needed to read it (fdatasync). */
  syncData(): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}
