import { errorCode, isDenied, isMissing } from "../errors/error_code.ts";
import type { Diagnostic } from "../options.ts";
import { type FileInfo, isSameInode } from "./file_info.ts";
import type { FileSystem } from "./file_system.ts";
import { directoriesBetween, dirname } from "./path_names.ts";

/** A directory that this process made; it is in doubt if it could be neither synced nor removed. */
type Made = "not durable" | "in doubt";

/**
 * The directories from the root down to a store's file (clauses P2, L6).
 *
 * Every entry on the way is made durable, whoever made it: a process that was killed between making
 * and syncing a directory would otherwise leave a hole under all that follows. The root's own entry
 * lies in a directory that may belong to somebody else, and is synced where that is permitted. The
 * directories above are not synced: whoever made them is responsible for them.
 */
export class DirectoryPath {
  readonly #fileSystem: FileSystem;
  readonly #report: (diagnostic: Diagnostic) => void;
  readonly #root: string;
  /** The directories that the store needs, from the root down. */
  readonly #directories: readonly string[];
  /** Those of them whose entries are made durable. */
  readonly #entries: readonly string[];
  readonly #made = new Map<string, Made>();
  /** The directory of main when all entries were last made durable. */
  #durable: FileInfo | undefined;

  /**
   * @param store The root, the path of the main file as it was configured, and the main file that it
   *   leads to, which lies elsewhere if the path is a symbolic link.
   * @param report Is called if the root's own entry may not be synced.
   */
  constructor(
    fileSystem: FileSystem,
    { root, path, main }: {
      readonly root: string;
      readonly path: string;
      readonly main: string;
    },
    report: (diagnostic: Diagnostic) => void,
  ) {
    this.#fileSystem = fileSystem;
    this.#report = report;
    this.#root = root;
    const directories = directoriesBetween(root, dirname(path));
    this.#directories = main === path ? directories : [...directories, dirname(main)];
    this.#entries = main === path ? directories : [...directories, path];
  }

  /** Makes the missing directories, and makes all entries durable. */
  async make(durability: "full" | "relaxed"): Promise<void> {
    for (const directory of this.#directories) {
      await this.#make(directory, durability);
    }
    if (durability === "full") await this.sync();
  }

  /** Makes the entries of the existing directories durable. */
  async sync(): Promise<void> {
    await this.#sync(await this.#directory());
  }

  /**
   * Makes the entries durable before a file of somebody else is used: its writer may have made the
   * directories without a sync.
   *
   * Does nothing if the entries of this directory are durable already.
   */
  async syncIfNew(durability: "full" | "relaxed"): Promise<void> {
    if (durability === "relaxed") return;
    const directory = await this.#directory();
    if (directory === undefined) return;
    const durable = this.#durable;
    if (durable === undefined || !isSameInode(directory, durable)) await this.#sync(directory);
  }

  async #sync(directory: FileInfo | undefined): Promise<void> {
    for (const entry of this.#entries) await this.#syncEntry(entry);
    this.#durable = directory;
  }

  async #directory(): Promise<FileInfo | undefined> {
    return await this.#fileSystem.stat(this.#directories.at(-1)!);
  }

  async #syncEntry(entry: string): Promise<void> {
    try {
      await this.#fileSystem.syncDirectory(dirname(entry));
      this.#made.delete(entry);
    } catch (error) {
      // A call that is not permitted was not made, so it leaves nothing in doubt.
      if (entry === this.#root && isDenied(error)) {
        this.#report({ kind: "root-not-synced", path: entry, error });
        return;
      }
      // O4: a directory of somebody else stays, and a later sync of its entry counts.
      if (this.#made.has(entry)) await this.#unmake(entry);
      throw error;
    }
  }

  /** A later sync may succeed without the entry, so the directory is made anew if it is still empty. */
  async #unmake(directory: string): Promise<void> {
    try {
      await this.#fileSystem.removeDirectory(directory);
    } catch (error) {
      const isNotOurs = errorCode(error) === "ENOTEMPTY" || isMissing(error);
      if (!isNotOurs) return void this.#made.set(directory, "in doubt");
    }
    // If it exists again, somebody else has made it.
    this.#made.delete(directory);
  }

  /** Makes a directory and syncs its entry, while it is still empty. */
  async #make(
    directory: string,
    durability: "full" | "relaxed",
    parents: "unknown" | "made" = "unknown",
  ): Promise<void> {
    if (this.#made.get(directory) === "in doubt") {
      await this.#fileSystem.removeDirectory(directory).catch((error) => {
        if (!isMissing(error)) throw error;
      });
      this.#made.delete(directory);
    }
    try {
      await this.#fileSystem.makeDirectory(directory);
    } catch (error) {
      if (errorCode(error) === "EEXIST") return;
      // Nothing can be made below a symbolic link without a target, though the link exists.
      const isTop = dirname(directory) === directory;
      if (!isMissing(error) || isTop || parents === "made") throw error;
      await this.#make(dirname(directory), durability);
      return await this.#make(directory, durability, "made");
    }
    this.#made.set(directory, "not durable");
    await this.#takeAfterParent(directory);
    if (durability === "full") await this.#syncEntry(directory);
  }

  /** A directory that root makes belongs to the owner of its parent (O1). That is a courtesy (O2). */
  async #takeAfterParent(directory: string): Promise<void> {
    try {
      const made = await this.#fileSystem.stat(directory);
      if (made?.uid !== ROOT_USER) return;
      const parent = await this.#fileSystem.stat(dirname(directory));
      if (parent === undefined || (parent.uid === made.uid && parent.gid === made.gid)) return;
      await this.#fileSystem.chownDirectory(directory, parent.uid, parent.gid);
    } catch {
      // It keeps the owner that it has.
    }
  }
}

/** The user that may give files away. */
const ROOT_USER = 0;
