import { dirname } from "node:path";
import type { MessageQueue } from "../../core/table/message_queue.ts";
import type { Offset } from "../../core/table/offset.ts";
import { OffsetColumn } from "../../core/table/offset_column.ts";
import { type OffsetTable, partsOf, tableOf } from "../../core/table/offset_table.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import { formOf, type OffsetFileFormat } from "../../core/format/serialize.ts";
import { andThen, isLater, type MaybePromise, orElse } from "../fs/maybe_promise.ts";
import { applyChanges, type Changes, isEmpty } from "./changes.ts";
import { type Doubtful, ensureDirectory } from "../fs/ensure_directory.ts";
import { SnapshotEncoder } from "./snapshot_encoder.ts";
import { LockFile } from "./lock_file.ts";
import { type FileInfo, type FileSystem, isSameFile } from "../fs/file_system.ts";
import { ForeignView } from "../recovery/foreign_view.ts";
import type { Inspection } from "../recovery/read_snapshot.ts";
import { readExternalChange } from "../recovery/external_change.ts";
import { Journal } from "./journal.ts";
import { keepAside } from "../recovery/quarantine.ts";
import { clearLeftovers } from "../recovery/temporary_files.ts";
import { idOf, knownOf, type LoadedFiles } from "../recovery/recover.ts";
import { OffsetConflictError } from "../errors/offset_conflict_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { OffsetPersistError } from "../errors/offset_persist_error.ts";
import type { Diagnostic, OnConflict } from "../options.ts";
import { lockOf } from "../paths.ts";
import { CooperativeYield } from "../fs/cooperative_yield.ts";
import type { Observation } from "../recovery/observation.ts";
import { statIfThere } from "../fs/stat_if_there.ts";
import { replaceSnapshot } from "./replace_snapshot.ts";

/** What an offset file is opened with. */
export interface OffsetFileOptions {
  readonly fileSystem: FileSystem;
  readonly root: string;
  readonly format: OffsetFileFormat;
  readonly checksum: boolean;
  readonly sync: boolean;
  readonly onConflict: OnConflict;
  /** How long a journal may become though the snapshot is shorter; `undefined` for none. */
  readonly journalLimit: number | undefined;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** To capture so many changes takes a turn of the event loop of its own, and so does applying them. */
const MANY = 10_000;

/** Tells what to write; `foreign` is what somebody else wrote, if it is to be merged. */
export type Take = (durable: OffsetColumn, foreign: OffsetColumn | undefined) => Taken;

/** What is to be written. */
export interface Taken {
  /** What to change in the file. */
  readonly changes: Changes;
  /** Whether a journal is to be replaced by a plain file. */
  readonly compact: boolean;
}

/**
 * The main file as this store knows it: what it holds, and which file that was.
 *
 * `write` must not be called again before it has settled.
 */
export class OffsetFile {
  /** Where main really lies, links followed. */
  readonly path: string;
  /** The slots of the queues, of those in memory too. */
  readonly index: QueueIndex;
  readonly #options: OffsetFileOptions;
  readonly #image: SnapshotEncoder;
  readonly #journal: Journal;

  /** The files that main may be without anybody else having touched it. */
  #known: (FileInfo | undefined)[];
  #durable: OffsetColumn;
  /** Whether main is sure to hold just that; otherwise it must be written in any case. */
  #isWritten: boolean;
  /** Whether main is valid, and may become the backup (clause P7). */
  #rotate: boolean;
  /** Whether main's name is sure to be durable, which only a write of our own tells. */
  #isMainSure = false;
  /** Whether main is bad, and worth keeping. */
  #keepAside: boolean;
  /** Whether directories may have to be made, and leftovers be cleared. */
  #unsettled: boolean;
  /** Directories that must be made anew; see `ensureDirectory`. */
  readonly #doubtful: Doubtful = new Map();
  /** What a store read finds in files that this store did not write. */
  readonly #view: ForeignView;

  constructor(path: string, files: LoadedFiles, options: OffsetFileOptions) {
    const { kind, table, main, journal } = files;
    this.path = path;
    this.#options = options;
    this.#known = knownOf(main);
    const { index, offsets } = partsOf(table);
    this.index = index;
    this.#durable = offsets;
    this.#image = new SnapshotEncoder(formOf(options.format), options.checksum);
    this.#view = new ForeignView(options.fileSystem, path, options.sync);
    this.#journal = new Journal(path, options);
    this.#journal.found(journal, idOf(main));
    // Who has no use for a journal leaves none behind.
    this.#isWritten = kind !== "recovered" && journal === undefined;
    this.#rotate = main.state === "valid";
    this.#keepAside = isWorthKeeping(main);
    this.#unsettled = kind !== "loaded";
  }

  /** What the file holds, as far as this store wrote or loaded it. */
  get durable(): OffsetColumn {
    return this.#durable;
  }

  /** Whether a plain file is due, since the journal has become long. */
  get wantsCompaction(): boolean {
    return this.#journal.isOutgrown;
  }

  /** Reads an offset, from the files if somebody else has changed them; see `recover`. */
  async read(mq: MessageQueue): Promise<Offset | undefined> {
    return (await this.#readTable()).get(mq);
  }

  async #readTable(): Promise<OffsetTable> {
    const seen = await orElse(() => this.#look(), (error) => {
      throw new OffsetLoadError(this.path, error);
    });
    return this.#isKnown(seen) ? this.#durableTable() : await this.#view.read(seen);
  }

  /**
   * Writes the changed table and makes it durable, unless the file holds it already (clause P6).
   *
   * @param take Is called once, when everything else is known, and not if there is a conflict.
   * @returns How many bytes were written.
   * @throws {OffsetConflictError} If somebody else has changed the file, and that is not merged.
   * @throws {OffsetPersistError} If it cannot be written.
   */
  write(take: Take): MaybePromise<number> {
    return this.#options.onConflict === "throw" ? this.#write(take) : this.#writeUnderLock(take);
  }

  /** Only who merges needs the lock: otherwise one of two writers is refused sooner or later. */
  async #writeUnderLock(take: Take): Promise<number> {
    const { fileSystem } = this.#options;
    try {
      if (await statIfThere(fileSystem, this.path) === undefined) await this.#ensureDirectory();
      const lock = await LockFile.acquire(fileSystem, lockOf(this.path));
      try {
        return await this.#write(take, lock);
      } finally {
        await lock.release();
      }
    } catch (error) {
      throw this.#persistErrorOf(error);
    }
  }

  #write(take: Take, lock?: LockFile): MaybePromise<number> {
    const look = () => andThen(this.#look(), (seen) => this.#writeOver(seen, take, lock));
    return orElse(look, (error) => {
      throw this.#persistErrorOf(error);
    });
  }

  #writeOver(seen: Observation, take: Take, lock: LockFile | undefined): MaybePromise<number> {
    return this.#isKnown(seen)
      ? this.#writeTaken(take(this.#durable, undefined), seen.main, lock)
      : this.#takeForeign(seen.main).then((foreign) =>
        this.#writeTaken(take(this.#durable, foreign), seen.main, lock)
      );
  }

  #writeTaken(
    { changes, compact }: Taken,
    main: FileInfo | undefined,
    lock: LockFile | undefined,
  ): MaybePromise<number> {
    const compacts = compact && this.#journal.exists;
    if (this.#isWritten && isEmpty(changes) && !compacts) return 0;
    const appends = this.#isWritten && !compact && this.#journal.canAppend &&
      changes.deleted.length === 0;
    // Until it has succeeded, nothing is sure.
    this.#isWritten = false;
    const writing = appends ? this.#append(changes, lock) : this.#replace(main, changes, lock);
    return andThen(writing, this.#haveWritten);
  }

  readonly #haveWritten = (bytes: number): number => {
    this.#isWritten = true;
    return bytes;
  };

  #persistErrorOf(error: unknown): Error {
    if (error instanceof OffsetConflictError || error instanceof OffsetPersistError) return error;
    return new OffsetPersistError(this.path, error, "previous");
  }

  /** Adds a record to the journal: its cost is that of the changes (clause J1). */
  #append(changes: Changes, lock: LockFile | undefined): MaybePromise<number> {
    this.#image.forget();
    const append = () => {
      const appending = this.#journal.append(this.index, changes);
      // Stryker disable next-line ConditionalExpression: `true` is the same, by and by; `false` conflict_test.ts finds
      if (isLater(appending) || lock !== undefined) {
        return this.#finishAppend(appending, changes, lock);
      }
      applyChanges(this.#durable, changes);
      return appending;
    };
    return orElse(append, (error) => {
      this.#journal.abandon();
      // The record may be whole; the next persist writes a snapshot, whichever it is.
      throw new OffsetPersistError(this.path, error, "either");
    });
  }

  async #finishAppend(
    appending: MaybePromise<number>,
    changes: Changes,
    lock: LockFile | undefined,
  ): Promise<number> {
    const bytes = await appending;
    // Who has taken it over may have removed the journal, and not have seen this record.
    await lock?.confirm();
    applyChanges(this.#durable, changes);
    return bytes;
  }

  async #ensureDirectory(): Promise<void> {
    const { fileSystem, root, sync } = this.#options;
    await ensureDirectory(fileSystem, dirname(this.path), root, sync, this.#doubtful);
  }

  async #replace(
    info: FileInfo | undefined,
    changes: Changes,
    lock: LockFile | undefined,
  ): Promise<number> {
    const { fileSystem, sync } = this.#options;
    // The others have theirs before this goes on, and before it is encoded.
    const letOthers = () => new CooperativeYield(MANY).did(changes.slots.length);
    await letOthers();
    const offsets = this.#durable.copy();
    applyChanges(offsets, changes);
    await letOthers();
    const bytes = await this.#image.encode({ index: this.index, offsets }, changes);
    let isDone = false;
    try {
      if (info === undefined) await this.#ensureDirectory();
      if (this.#keepAside) await this.#keepBadFile();
      const written = await replaceSnapshot(fileSystem, this.path, bytes, {
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
      isDone = true;
    } finally {
      if (!isDone) {
        this.#image.forget();
        this.#journal.abandon();
      }
    }
    this.#durable = offsets;
    this.#rotate = true;
    this.#isMainSure = true;
    try {
      await this.#journal.supersede(bytes);
    } catch (error) {
      throw new OffsetPersistError(this.path, error, "either");
    }
    await this.#settle();
    return bytes.length;
  }

  /** Takes over what somebody else has made of main; answers what is to be merged. */
  async #takeForeign(seen: FileInfo | undefined): Promise<OffsetColumn | undefined> {
    const { fileSystem, report } = this.#options;
    const foreign = await readExternalChange(
      fileSystem,
      this.path,
      seen,
      this.#durableTable(),
      this.#options,
    );
    const { main, journal, table, isSame } = foreign;
    this.#known = knownOf(main);
    this.#journal.found(journal, idOf(main));
    this.#rotate = main.state === "valid";
    this.#isMainSure = false;
    this.#keepAside = isWorthKeeping(main);
    if (isSame) return undefined;
    this.#isWritten = table !== undefined;
    report({ kind: "merged", path: this.path });
    if (table === undefined) return undefined;
    this.#image.forget();
    this.#durable = new OffsetColumn();
    for (const [mq, offset] of table) this.#durable.set(this.index.add(mq), offset);
    return this.#durable;
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

  /** Looks at main and its journal. */
  #look(): MaybePromise<Observation> {
    const main = statIfThere(this.#options.fileSystem, this.path);
    return isLater(main) ? main.then((main) => this.#lookBeside(main)) : this.#lookBeside(main);
  }

  #lookBeside(main: FileInfo | undefined): MaybePromise<Observation> {
    const journal = this.#journal.look();
    return isLater(journal) ? journal.then((journal) => ({ main, journal })) : { main, journal };
  }

  #isKnown({ main, journal }: Observation): boolean {
    for (const known of this.#known) {
      if (isSameFile(known, main)) return this.#journal.isKnown(journal);
    }
    return false;
  }

  #durableTable(): OffsetTable {
    return tableOf({ index: this.index, offsets: this.#durable });
  }
}

function isWorthKeeping(main: Inspection): boolean {
  return main.state === "bad" && main.info?.size !== 0;
}
