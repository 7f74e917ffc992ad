import { dirname } from "node:path";
import type { OffsetTable } from "../core/offset_table.ts";
import { type OffsetFileFormat, serialize } from "../core/serialize.ts";
import { ensureDirectory } from "./ensure_directory.ts";
import { isMissing, isUnreadable } from "./error_code.ts";
import { FileLock } from "./file_lock.ts";
import { type FileInfo, type FileSystem, isSameFile } from "./file_system.ts";
import { inspectFile, type Inspection } from "./inspect_file.ts";
import { keepAside } from "./keep_aside.ts";
import { clearLeftovers } from "./leftovers.ts";
import { identityOf, type LoadedFiles, loadOffsetFiles, makeDurable } from "./load_offset_files.ts";
import { OffsetConflictError } from "./offset_conflict_error.ts";
import { OffsetLoadError } from "./offset_load_error.ts";
import { OffsetPersistError } from "./offset_persist_error.ts";
import type { Diagnostic, OnConflict } from "./options.ts";
import { writeGeneration } from "./write_generation.ts";

/** What an offset file is opened with. */
export interface OffsetFileOptions {
  readonly fileSystem: FileSystem;
  readonly root: string;
  readonly format: OffsetFileFormat;
  readonly checksum: boolean;
  readonly sync: boolean;
  readonly onConflict: OnConflict;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Computes what to write; `foreign` is what somebody else wrote, if it is to be merged. */
export type NextTable = (durable: OffsetTable, foreign: OffsetTable | undefined) => OffsetTable;

/**
 * The main file as this store knows it: what it holds, and which file that was.
 *
 * `write` must not be called again before it has settled.
 */
export class OffsetFile {
  /** Where main really lies, links followed. */
  readonly path: string;
  readonly #options: OffsetFileOptions;

  /** The files that main may be without anybody else having touched it. */
  #known: (FileInfo | undefined)[];
  #durable: OffsetTable;
  /** The text that main is sure to hold; `undefined` if it must be written in any case. */
  #text: string | undefined;
  /** Whether main is valid, and may become the backup (clause P7). */
  #rotate: boolean;
  /** Whether main's name is sure to be durable, which only a write of our own tells. */
  #isMainSure = false;
  /** Whether main is bad, and worth keeping. */
  #keepAside: boolean;
  /** Whether directories may have to be made, and leftovers be cleared. */
  #unsettled: boolean;
  /** Directories that must be made anew; see `ensureDirectory`. */
  readonly #doubtful = new Set<string>();
  /** What a store read last found in a file that this store did not write. */
  #view: { readonly info: FileInfo | undefined; readonly table: OffsetTable } | undefined;

  constructor(path: string, { kind, table, main }: LoadedFiles, options: OffsetFileOptions) {
    this.path = path;
    this.#options = options;
    this.#known = [identityOf(main)];
    this.#durable = table;
    this.#text = kind === "recovered" ? undefined : this.#serialize(table);
    this.#rotate = main.state === "valid";
    this.#keepAside = isWorthKeeping(main);
    this.#unsettled = kind !== "loaded";
  }

  /** What the file holds, as far as this store wrote or loaded it. */
  get durable(): OffsetTable {
    return this.#durable;
  }

  /** Reads the table, from the files if somebody else has changed them; see `loadOffsetFiles`. */
  async read(): Promise<OffsetTable> {
    const info = await this.#stat().catch((error) => {
      throw new OffsetLoadError(this.path, error);
    });
    if (this.#isKnown(info)) return this.#durable;
    if (this.#view === undefined || !isSameFile(info, this.#view.info)) {
      const { fileSystem, sync } = this.#options;
      const { main, table } = await loadOffsetFiles(fileSystem, this.path, sync);
      // That main could not be read may be over the next time, though it is the same file.
      if (main.state === "bad") return table;
      this.#view = { info: identityOf(main), table };
    }
    return this.#view.table;
  }

  /**
   * Writes the next table and makes it durable, unless the file holds it already (clause P6).
   *
   * @returns How many bytes were written.
   * @throws {OffsetConflictError} If somebody else has changed the file, and that is not merged.
   * @throws {OffsetPersistError} If it cannot be written.
   */
  async write(next: NextTable): Promise<number> {
    try {
      if (this.#options.onConflict === "throw") return await this.#write(next);
      return await this.#underLock((lock) => this.#write(next, lock));
    } catch (error) {
      if (error instanceof OffsetConflictError || error instanceof OffsetPersistError) throw error;
      throw new OffsetPersistError(this.path, error, "previous");
    }
  }

  /** Only who merges needs the lock: otherwise one of two writers is refused sooner or later. */
  async #underLock(write: (lock: FileLock) => Promise<number>): Promise<number> {
    const { fileSystem } = this.#options;
    if (await this.#stat() === undefined) await this.#ensureDirectory();
    const lock = await FileLock.acquire(fileSystem, `${this.path}.lock`);
    try {
      return await write(lock);
    } finally {
      await lock.release();
    }
  }

  async #write(next: NextTable, lock?: FileLock): Promise<number> {
    const info = await this.#stat();
    const foreign = this.#isKnown(info) ? undefined : await this.#takeForeign(info);
    const table = next(this.#durable, foreign);
    const text = this.#serialize(table);
    if (text === this.#text) return 0;
    return await this.#replace(info, table, text, lock);
  }

  async #ensureDirectory(): Promise<void> {
    const { fileSystem, root, sync } = this.#options;
    await ensureDirectory(fileSystem, dirname(this.path), root, sync, this.#doubtful);
  }

  async #replace(
    info: FileInfo | undefined,
    table: OffsetTable,
    text: string,
    lock: FileLock | undefined,
  ): Promise<number> {
    const { fileSystem, sync } = this.#options;
    // Until it has succeeded, nothing is sure, not even what the text is.
    this.#text = undefined;
    if (info === undefined) await this.#ensureDirectory();
    if (this.#keepAside) await this.#keepBadFile();
    const bytes = new TextEncoder().encode(text);
    const written = await writeGeneration(fileSystem, this.path, bytes, {
      rotate: this.#rotate,
      isMainSure: this.#isMainSure,
      sync,
      confirm: lock && (() => lock.confirm()),
      replaces: info,
    });
    if (written.doubt !== undefined) {
      // Either file is ours: neither is a conflict, and both are valid.
      this.#known = [...this.#known, written.info];
      this.#isMainSure = false;
      throw new OffsetPersistError(this.path, written.doubt, "either");
    }
    this.#known = [written.info];
    this.#durable = table;
    this.#text = text;
    this.#rotate = true;
    this.#isMainSure = true;
    await this.#settle();
    return bytes.length;
  }

  /** Looks at what somebody else made of main (clause P9); answers what is to be merged. */
  async #takeForeign(info: FileInfo | undefined): Promise<OffsetTable | undefined> {
    const { fileSystem, sync, onConflict, report } = this.#options;
    const found = await inspectFile(fileSystem, this.path);
    const table = found.state === "valid" ? found.table : undefined;
    const isSameTable = table?.equals(this.#durable) ?? false;
    if (!isSameTable && onConflict === "throw") throw conflict(this.path, found);
    // What cannot be read now, perhaps the next time, must not be replaced by what lacks it.
    if (found.state === "bad" && isUnreadable(found.cause)) throw found.cause;
    if (found.state === "missing" && info !== undefined) throw new Error("it vanished meanwhile");
    if (table !== undefined && sync) await makeDurable(fileSystem, this.path);
    this.#known = [identityOf(found)];
    this.#rotate = found.state === "valid";
    this.#isMainSure = false;
    this.#keepAside = isWorthKeeping(found);
    if (isSameTable) return undefined;
    this.#durable = table ?? this.#durable;
    this.#text = table && this.#serialize(table);
    report({ kind: "merged", path: this.path });
    return table;
  }

  async #keepBadFile(): Promise<void> {
    const { fileSystem, sync, report } = this.#options;
    // Where there are no links it is moved, even if that is said to have failed.
    this.#known = [...this.#known, undefined];
    const keptAs = await keepAside(fileSystem, this.path, sync);
    this.#keepAside = false;
    if (keptAs !== undefined) report({ kind: "kept-aside", path: this.path, keptAs });
  }

  /** After the first success, what was left of earlier writes is of no more use. */
  async #settle(): Promise<void> {
    if (!this.#unsettled) return;
    this.#unsettled = false;
    await this.clearLeftovers();
  }

  /** Removes what interrupted writes left; that it cannot is worth a word, not a failure. */
  async clearLeftovers(): Promise<void> {
    const { fileSystem, report } = this.#options;
    try {
      await clearLeftovers(fileSystem, this.path);
    } catch (error) {
      report({ kind: "cleanup-failed", path: this.path, error });
    }
  }

  async #stat(): Promise<FileInfo | undefined> {
    try {
      return await this.#options.fileSystem.stat(this.path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #isKnown(info: FileInfo | undefined): boolean {
    return this.#known.some((known) => isSameFile(known, info));
  }

  #serialize(table: OffsetTable): string {
    const { format, checksum } = this.#options;
    return serialize(table, { format, checksum });
  }
}

function isWorthKeeping(main: Inspection): boolean {
  return main.state === "bad" && main.info?.size !== 0n;
}

function conflict(path: string, found: Inspection): OffsetConflictError {
  switch (found.state) {
    case "missing":
      return new OffsetConflictError(path, "it was removed");
    case "bad":
      return new OffsetConflictError(path, `it was changed and is unusable (${found.reason})`, {
        cause: found.cause,
      });
    case "valid":
      return new OffsetConflictError(path, "it was changed");
  }
}
