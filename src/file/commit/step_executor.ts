import type { CommitEvent, Step } from "../../core/commit_plan.ts";
import { type FilesState, isCertain, isKnownMain } from "../../core/files_state.ts";
import type { Generation } from "../../core/format/generation.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import { OffsetPersistError } from "../errors/offset_persist_error.ts";
import { CooperativeYield, inTurns } from "../fs/cooperative_yield.ts";
import { type FileInfo, isSameFile } from "../fs/file_info.ts";
import { LONGEST_FILE, TableTooLongError } from "../fs/longest_file.ts";
import type { Ownership } from "../fs/take_after.ts";
import { ChangedMeanwhileError } from "./changed_meanwhile_error.ts";
import type { Changes } from "./changes.ts";
import type { CommitterOptions } from "./committer_options.ts";
import type { JournalFiles } from "./journal_files.ts";
import type { KnownTable } from "./known_table.ts";
import { Leftovers } from "./leftovers.ts";
import { type Lock, NO_LOCK } from "./lock_file.ts";
import type { Observer } from "./observer.ts";
import { predecessorOf } from "./predecessor.ts";
import { replaceSnapshot } from "./replace_snapshot.ts";
import type { SnapshotEncoder } from "./snapshot_encoder.ts";
import type { Written } from "./written.ts";

/** From this many changes on, capturing and applying them take a turn of the event loop each. */
const MANY = 10_000;

/** The files of a store, as a step finds and leaves them. */
export interface StepFiles {
  readonly state: FilesState<FileInfo>;
  /** Records what happened to the files. */
  become(event: CommitEvent<FileInfo>): void;
  /** Rejects if a file has changed since it was looked at, or the lock is another's (P9). */
  confirm(lock: Lock): Promise<void>;
  /** Throws if the store was abandoned (C3). */
  stopIfAbandoned(): void;
}

/** What a step works on. */
export interface StepParts {
  readonly path: string;
  readonly options: CommitterOptions;
  readonly known: KnownTable;
  readonly encoder: SnapshotEncoder;
  readonly journals: JournalFiles;
  readonly observer: Observer;
}

/** Carries out the steps of a commit that write. */
export class StepExecutor {
  readonly #files: StepFiles;
  readonly #path: string;
  readonly #options: CommitterOptions;
  readonly #known: KnownTable;
  readonly #encoder: SnapshotEncoder;
  readonly #journals: JournalFiles;
  readonly #observer: Observer;
  readonly #leftovers: Leftovers;

  constructor(files: StepFiles, parts: StepParts) {
    const { path, options, known, encoder, journals, observer } = parts;
    this.#files = files;
    this.#path = path;
    this.#options = options;
    this.#known = known;
    this.#encoder = encoder;
    this.#journals = journals;
    this.#observer = observer;
    this.#leftovers = new Leftovers(options.fileSystem, path, options.report);
  }

  /** Adds a record to the journal: it costs as much as the changes, not as the table (J1). */
  async append(
    { begin }: Extract<Step, { readonly do: "append" }>,
    changes: Changes,
    lock: Lock,
  ): Promise<Written> {
    if (begin !== undefined) await this.#beginJournal(begin);
    const writer = this.#journals.writerOf(this.#files.state.journal);
    this.#encoder.forget();
    try {
      const record = writer.encode(this.#known.index, changes);
      // The promises of the other way take as long as a tenth of the sync.
      const isQuick = lock === NO_LOCK && this.#options.calls === "of node";
      if (!(isQuick && writer.appendNow(record))) await writer.append(record);
      // Somebody else may have replaced main without this record (P9).
      const isUnchanged = isQuick && this.#observer.seesNoChange(this.#files.state);
      if (!isUnchanged) await this.#files.confirm(lock);
      this.#known.settleRecord(changes);
      this.#files.become({ event: "appended", journal: writer.isOutgrown ? "full" : "open" });
      return { as: "record", bytes: record.length };
    } catch (error) {
      // The record may be whole or torn; in both cases the next persist writes a snapshot.
      this.#files.become({ event: "append failed" });
      this.#known.doubt(await inTurns(this.#known.with(changes)));
      await this.#journals.closeAll();
      if (error instanceof ChangedMeanwhileError) throw error;
      throw new OffsetPersistError(this.#path, error, "either");
    }
  }

  async #beginJournal(generation: Generation): Promise<void> {
    await this.#leftovers.removeOld();
    this.#files.stopIfAbandoned();
    const extended = this.#journals.extended(this.#files.state.main, generation);
    const writer = await this.#journals.create();
    this.#files.become({ event: "journal created", identity: writer.info, generation });
    try {
      await writer.begin(extended);
    } catch (error) {
      await this.#journals.closeAll();
      throw error;
    }
  }

  /** Writes all of the table anew: it costs as much as the table. */
  async snapshot(
    step: Extract<Step, { readonly do: "snapshot" }>,
    changes: Changes,
    lock: Lock,
  ): Promise<Written> {
    const known = this.#known;
    const letOthers = () => new CooperativeYield(MANY).did(changes.slots.length);
    await letOthers();
    const offsets = await inTurns(known.with(changes));
    await letOthers();
    const table = { index: known.index, offsets };
    const bytes = await this.#encoder.encode(table, changes, step.generation);
    try {
      await this.#replace(step, bytes, offsets, lock);
      return { as: "snapshot", bytes: bytes.length };
    } catch (error) {
      this.#encoder.forget();
      throw error;
    }
  }

  async #replace(
    { keep, retire, generation }: Extract<Step, { readonly do: "snapshot" }>,
    bytes: Uint8Array,
    offsets: OffsetColumn,
    lock: Lock,
  ): Promise<void> {
    const { fileSystem, durability, report, protocol, longest = LONGEST_FILE } = this.#options;
    if (bytes.length > longest) throw new TableTooLongError(bytes.length, longest);
    const failure = await replaceSnapshot({
      fileSystem,
      main: this.#path,
      bytes,
      generation,
      keep,
      retire,
      durability,
      report,
      like: await this.#prepare(),
      look: () => this.#files.confirm(lock),
      isMain: (info) => isKnownMain(this.#files.state.main, info, isSameFile),
      journalToRemove: () => this.#journals.toRemove(this.#files.state.journal),
      stop: () => this.#files.stopIfAbandoned(),
      keepUntilDurable: (path) => this.#leftovers.keepUntilDurable(path),
      did: (event) => {
        this.#files.become(event);
        if (event.event === "replaced") this.#known.settle(offsets);
        if (event.event === "in doubt") this.#known.doubt(offsets);
      },
    }, protocol);
    await this.#journals.rememberMain(this.#files.state, bytes);
    if (isCertain(this.#files.state)) await this.#leftovers.removePendingBackups();
    if (failure === undefined) return;
    if (failure.error instanceof ChangedMeanwhileError) throw failure.error;
    throw new OffsetPersistError(this.#path, failure.error, failure.onDisk);
  }

  /** Makes room for a snapshot; answers the file whose owner it takes. */
  async #prepare(): Promise<Ownership | undefined> {
    const { fileSystem, directories, durability } = this.#options;
    // A look precedes each snapshot, and another one comes before main is replaced.
    const { main } = this.#observer.last;
    if (main === undefined) await directories.make(durability);
    else if (this.#files.state.main.is === "valid") await this.#leftovers.removeOld();
    await this.#journals.giveRoomBack();
    if (main !== undefined && this.#files.state.main.is !== "bad") return main;
    return await predecessorOf(fileSystem, this.#path, "bad");
  }
}
