import { after, type CommitEvent, nextStep, type Seen, type Step } from "../../core/commit_plan.ts";
import { type FilesState, isCertain, isKnownMain, isOurs } from "../../core/files_state.ts";
import type { Generation } from "../../core/format/generation.ts";
import { formOf, type OffsetFileFormat } from "../../core/format/serialize.ts";
import type { ConflictChoice } from "../../core/rules/resolve_conflict.ts";
import type { MessageQueue } from "../../core/table/message_queue.ts";
import type { Offset } from "../../core/table/offset.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import type { OffsetTable } from "../../core/table/offset_table.ts";
import { OffsetConflictError } from "../errors/offset_conflict_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { OffsetPersistError } from "../errors/offset_persist_error.ts";
import { persistErrorOf } from "../errors/persist_error_of.ts";
import { CooperativeYield } from "../fs/cooperative_yield.ts";
import type { DirectoryPath } from "../fs/directory_path.ts";
import { type FileInfo, isSameFile, isSameInode } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { LONGEST_FILE, TableTooLongError } from "../fs/longest_file.ts";
import { dirname } from "../fs/path_names.ts";
import type { Diagnostic, OnConflict } from "../options.ts";
import { type ExternalChange, readExternalChange } from "../recovery/external_change.ts";
import { stateOfFiles } from "../recovery/files_state.ts";
import type { Ownership } from "../fs/take_after.ts";
import type { Recovery } from "../recovery/recover.ts";
import { type Observation, StoreView } from "../recovery/store_view.ts";
import { lockOf } from "../paths.ts";
import { AbandonedError } from "./abandoned_error.ts";
import { ChangedMeanwhileError } from "./changed_meanwhile_error.ts";
import { type Changes, sizeOf } from "./changes.ts";
import type { CommitJob } from "./commit_job.ts";
import { ConflictMemo } from "./conflict_memo.ts";
import { JournalFiles } from "./journal_files.ts";
import { KnownTable } from "./known_table.ts";
import { Leftovers } from "./leftovers.ts";
import { type Lock, LockFile, NO_LOCK } from "./lock_file.ts";
import { Observer } from "./observer.ts";
import { predecessorOf } from "./predecessor.ts";
import { replaceSnapshot, type SnapshotStep } from "./replace_snapshot.ts";
import { SnapshotEncoder } from "./snapshot_encoder.ts";
import { NOTHING_WRITTEN, type Written } from "./written.ts";

/** What a commit goes by; something else than usual only for tests, such as that each step is needed. */
export interface CommitRules {
  /** The steps of a snapshot. */
  readonly protocol?: readonly SnapshotStep[];
  /** Decides what a commit does next. */
  readonly plan?: typeof nextStep;
  /** The longest file that is written. */
  readonly longest?: number;
}

/** What a committer is made with. */
export interface CommitterOptions extends CommitRules {
  readonly fileSystem: FileSystem;
  readonly directories: DirectoryPath;
  readonly format: OffsetFileFormat;
  readonly checksum: boolean;
  readonly durability: "full" | "relaxed";
  readonly onConflict: OnConflict;
  /** The lock that this store holds for as long as it is open. */
  readonly lock: Lock | undefined;
  /** How long a journal becomes before a snapshot replaces it; `"none"` without a journal. */
  readonly journal: "none" | { readonly limit: number };
  readonly report: (diagnostic: Diagnostic) => void;
}

/** A commit that others change under starts again so often. */
const MOST_ATTEMPTS = 5;
/** To capture so many changes takes a turn of the event loop of its own, and so does applying them. */
const MANY = 10_000;

/**
 * The files of a store: what they hold, as far as this store knows, and the way to change them.
 *
 * A commit observes the files, asks the plan for the next step, carries it out, and tells the plan
 * what happened. `commit` must not be called again before it has settled.
 */
export class Committer {
  /** Where main really lies, links followed. */
  readonly path: string;
  readonly known: KnownTable;
  readonly #options: CommitterOptions;
  readonly #observer: Observer;
  readonly #encoder: SnapshotEncoder;
  readonly #view: StoreView;
  readonly #journals: JournalFiles;
  readonly #conflicts = new ConflictMemo();
  #state: FilesState<FileInfo>;
  readonly #leftovers: Leftovers;
  #life: "running" | "abandoned" = "running";

  constructor(path: string, recovery: Recovery, options: CommitterOptions) {
    const { fileSystem, durability, journal, format, checksum } = options;
    this.path = path;
    this.known = new KnownTable(recovery.table);
    this.#options = options;
    this.#observer = new Observer(fileSystem, path);
    this.#leftovers = new Leftovers(fileSystem, path, options.report);
    this.#encoder = new SnapshotEncoder(formOf(format), checksum ? "always" : "with a generation");
    this.#view = new StoreView(fileSystem, path, durability);
    this.#journals = new JournalFiles(fileSystem, path, {
      durability,
      limit: journal === "none" ? 0 : journal.limit,
      longest: options.longest,
    });
    this.#state = { ...stateOfFiles(recovery), journaling: journal === "none" ? "off" : "on" };
    this.#journals.remember(recovery.files);
  }

  /** Whether the journal has outgrown its snapshot: a compaction is due (J4). */
  get isOutgrown(): boolean {
    return this.#state.journal.is === "full";
  }

  /** Reads an offset, from the files if they may hold something else than this store knows (R1). */
  async read(mq: MessageQueue): Promise<Offset | undefined> {
    return (await this.#readTable()).get(mq);
  }

  async #readTable(): Promise<OffsetTable> {
    let seen: Observation;
    try {
      seen = await this.#observer.look(this.#state);
    } catch (error) {
      throw new OffsetLoadError(this.path, error);
    }
    const isKnown = isCertain(this.#state) && isOurs(this.#state, seen, COMPARE);
    if (isKnown) return this.known.table;
    await this.#syncNewDirectories();
    return await this.#view.read(seen);
  }

  /** L6: a power cut must not take back the directories of what a read shows. */
  async #syncNewDirectories(): Promise<void> {
    const { directories, durability } = this.#options;
    try {
      await directories.syncIfNew(durability);
    } catch (error) {
      throw new OffsetLoadError(dirname(this.path), error);
    }
  }

  /**
   * Makes the changes of a job durable.
   *
   * @returns What was written.
   * @throws {OffsetConflictError} If somebody else has changed the files, and that is not merged.
   * @throws {OffsetPersistError} If they cannot be written.
   */
  async commit(job: CommitJob): Promise<Written> {
    try {
      if (this.#options.onConflict === "merge" && await this.#isIdle(job)) return NOTHING_WRITTEN;
      return await this.#commit(job);
    } catch (error) {
      throw persistErrorOf(this.path, error);
    }
  }

  async #commit(job: CommitJob): Promise<Written> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#attemptWithLock(job);
      } catch (error) {
        if (!(error instanceof ChangedMeanwhileError)) throw error;
        this.#become({ event: "changed" });
        if (attempt < MOST_ATTEMPTS) continue;
        throw new OffsetConflictError(this.path, "it was changed again and again");
      }
    }
  }

  /** Without a lock of its own, only a merging store needs one: otherwise one of two writers is refused. */
  async #attemptWithLock(job: CommitJob): Promise<Written> {
    const { fileSystem, directories, durability, onConflict, lock: held } = this.#options;
    if (held !== undefined) return await this.#attempt(job, held);
    if (onConflict === "throw") return await this.#attempt(job, NO_LOCK);
    if (await fileSystem.stat(this.path) === undefined) await directories.make(durability);
    const lock = await LockFile.acquire(fileSystem, lockOf(this.path), {
      like: await predecessorOf(fileSystem, this.path),
      stop: this.#stopIfAbandoned,
    });
    try {
      return await this.#attempt(job, lock);
    } finally {
      await lock.release();
    }
  }

  /** Observe, decide, execute. */
  async #attempt(job: CommitJob, lock: Lock): Promise<Written> {
    let changes = job.capture(this.known.durable);
    try {
      let seen: Seen = "unseen";
      let step = this.#nextStep(seen, changes, job);
      while (step.do === "look" || step.do === "read the change") {
        this.#stopIfAbandoned();
        if (step.do === "look") seen = await this.#look();
        else {
          const foreign = await this.#readChange();
          job.giveBack(changes);
          changes = job.capture(this.known.durable, foreign);
          seen = "ours";
        }
        step = this.#nextStep(seen, changes, job);
      }
      this.#stopIfAbandoned();
      const hasNothingToDo = step.do === "nothing" && job.purpose === "close";
      if (lock === this.#options.lock && !hasNothingToDo) await lock.isHeld();
      if (step.do === "nothing") return NOTHING_WRITTEN;
      if (step.do === "append") return await this.#append(step, changes, lock);
      return await this.#snapshot(step, changes, lock);
    } catch (error) {
      job.giveBack(changes);
      throw error;
    }
  }

  #nextStep(seen: Seen, changes: Changes, { purpose }: CommitJob): Step {
    const { onConflict, plan = nextStep } = this.#options;
    return plan(this.#state, seen, { changes: sizeOf(changes), purpose, onConflict });
  }

  /** Whether a merging store has nothing to write, which it finds out without the lock. */
  async #isIdle(job: CommitJob): Promise<boolean> {
    const changes = job.capture(this.known.durable);
    try {
      let step = this.#nextStep("unseen", changes, job);
      if (step.do === "look") step = this.#nextStep(await this.#look(), changes, job);
      return step.do === "nothing";
    } finally {
      job.giveBack(changes);
    }
  }

  async #look(): Promise<Seen> {
    const seen = await this.#observer.look(this.#state);
    return isOurs(this.#state, seen, COMPARE) ? "ours" : "changed";
  }

  /** Rejects if a file has changed since it was looked at, or the lock is another's (P9). */
  async #confirm(lock: Lock): Promise<void> {
    if (await this.#look() === "changed" || !await lock.isHeld()) throw new ChangedMeanwhileError();
  }

  /** Takes over what somebody else has made of the files; answers what is to be merged. */
  async #readChange(): Promise<OffsetColumn | undefined> {
    const { fileSystem, report } = this.#options;
    const { known, path } = this;
    const seen = await this.#observer.look(this.#state);
    this.#conflicts.check(seen);
    await this.#syncNewDirectories();
    const change = await readExternalChange(fileSystem, path, known.expected, this.#options)
      .catch((error) => {
        this.#conflicts.remember(seen, error, fileSystem.now());
        throw error;
      });
    const offsets = await this.#adopt(change);
    // Of a main that was removed, or that holds no table, nothing was merged.
    const isMerged = change.author === "foreign" && change.files.main.is === "valid";
    if (isMerged) report({ kind: "merged", path });
    return offsets;
  }

  /** Knows the files as they were read; answers the offsets of somebody else's table. */
  async #adopt(change: ExternalChange): Promise<OffsetColumn | undefined> {
    const { known } = this;
    const { main, journal } = stateOfFiles(change);
    const adopted = this.#journals.adopt(this.#state.journal, journal, change.files);
    this.#journals.remember(change.files);
    await this.#journals.closeAll();
    this.#become({ event: "read", main, journal: adopted });
    this.#encoder.forget();
    if (change.author === "known") {
      known.settle(known.durable);
      return undefined;
    }
    const offsets = known.adopt(change.table);
    return change.author === "foreign" ? offsets : undefined;
  }

  /**
   * Reads what somebody else has made of the files, and goes on from there (C4). It writes nothing; no
   * commit may be under way.
   *
   * @param decide Makes of memory what the choice says, given the offsets of the files.
   * @throws {OffsetResolveError} If the files are unusable, and the choice needs them.
   */
  async resolve(choice: ConflictChoice, decide: (theirs: OffsetColumn) => void): Promise<void> {
    const { fileSystem, durability } = this.#options;
    if (await this.#look() === "ours") return;
    await this.#syncNewDirectories();
    const change = await readExternalChange(fileSystem, this.path, this.known.expected, {
      onConflict: choice,
      durability,
    });
    this.#stopIfAbandoned();
    this.#conflicts.forget();
    const theirs = await this.#adopt(change);
    if (theirs !== undefined) decide(theirs);
  }

  /** Adds a record to the journal: it costs as much as the changes, not as the table (J1). */
  async #append(
    { begin }: Extract<Step, { readonly do: "append" }>,
    changes: Changes,
    lock: Lock,
  ): Promise<Written> {
    if (begin !== undefined) await this.#beginJournal(begin);
    const writer = this.#journals.writerOf(this.#state.journal);
    this.#encoder.forget();
    try {
      const bytes = await writer.append(this.known.index, changes);
      // Somebody else may have replaced main without this record (P9).
      await this.#confirm(lock);
      this.known.settleRecord(changes);
      this.#become({ event: "appended", journal: writer.isOutgrown ? "full" : "open" });
      return { as: "record", bytes };
    } catch (error) {
      // The record may be whole; the next persist writes a snapshot, whichever it is.
      this.#become({ event: "append failed" });
      this.known.doubt(this.known.with(changes));
      await this.#journals.closeAll();
      if (error instanceof ChangedMeanwhileError) throw error;
      throw new OffsetPersistError(this.path, error, "either");
    }
  }

  async #beginJournal(generation: Generation): Promise<void> {
    await this.#leftovers.removeOld();
    this.#stopIfAbandoned();
    const writer = await this.#journals.create();
    this.#become({ event: "journal created", identity: writer.info, generation });
    try {
      await this.#journals.begin(writer, this.#state.main, generation);
    } catch (error) {
      await this.#journals.closeAll();
      throw error;
    }
  }

  /** Writes all of the table anew: it costs as much as the table. */
  async #snapshot(
    step: Extract<Step, { readonly do: "snapshot" }>,
    changes: Changes,
    lock: Lock,
  ): Promise<Written> {
    const { known } = this;
    const letOthers = () => new CooperativeYield(MANY).did(changes.slots.length);
    await letOthers();
    const offsets = known.with(changes);
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
      main: this.path,
      bytes,
      generation,
      keep,
      retire,
      durability,
      report,
      like: await this.#prepare(),
      look: () => this.#confirm(lock),
      isMain: (info) => isKnownMain(this.#state.main, info, isSameFile),
      journalToRemove: () => this.#journals.toRemove(this.#state.journal),
      stop: this.#stopIfAbandoned,
      keepUntilDurable: (path) => this.#leftovers.keepUntilDurable(path),
      did: (event) => {
        this.#become(event);
        if (event.event === "replaced") this.known.settle(offsets);
        if (event.event === "in doubt") this.known.doubt(offsets);
      },
    }, protocol);
    await this.#journals.rememberMain(this.#state, bytes);
    if (isCertain(this.#state)) await this.#leftovers.removePendingBackups();
    if (failure === undefined) return;
    if (failure.error instanceof ChangedMeanwhileError) throw failure.error;
    throw new OffsetPersistError(this.path, failure.error, failure.onDisk);
  }

  /** Makes room for a snapshot; answers the file whose owner it takes. */
  async #prepare(): Promise<Ownership | undefined> {
    const { fileSystem, directories, durability } = this.#options;
    const main = await fileSystem.stat(this.path);
    if (main === undefined) await directories.make(durability);
    else if (this.#state.main.is === "valid") await this.#leftovers.removeOld();
    await this.#journals.giveRoomBack();
    if (main !== undefined && this.#state.main.is !== "bad") return main;
    return await predecessorOf(fileSystem, this.path, "bad");
  }

  /** Has a commit that is under way stop at its next step, and never replace main after it (C3). */
  abandon(): void {
    this.#life = "abandoned";
  }

  /** Releases all descriptors and the lock; no commit may be under way. */
  async release(): Promise<void> {
    await this.#journals.closeAll();
    await this.#options.lock?.release();
  }

  readonly #stopIfAbandoned = (): void => {
    if (this.#life === "abandoned") throw new AbandonedError();
  };

  #become(event: CommitEvent<FileInfo>): void {
    this.#state = after(this.#state, event);
  }
}

const COMPARE = { isSame: isSameFile, isSameInode };
