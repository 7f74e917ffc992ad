import { after, type CommitEvent, nextStep, type Seen, type Step } from "../../core/commit_plan.ts";
import { type FilesState, isCertain, isOurs } from "../../core/files_state.ts";
import { formOf } from "../../core/format/serialize.ts";
import type { ConflictChoice } from "../../core/rules/resolve_conflict.ts";
import type { MessageQueue } from "../../core/table/message_queue.ts";
import type { Offset } from "../../core/table/offset.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import { OffsetConflictError } from "../errors/offset_conflict_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { persistErrorOf } from "../errors/persist_error_of.ts";
import { type FileInfo, isSameFile, isSameInode } from "../fs/file_info.ts";
import { stateOfFiles } from "../recovery/files_state.ts";
import type { Recovery } from "../recovery/recover.ts";
import { type Observation, StoreView } from "../recovery/store_view.ts";
import { lockOf } from "../paths.ts";
import { AbandonedError } from "./abandoned_error.ts";
import { ChangeReader } from "./change_reader.ts";
import { ChangedMeanwhileError } from "./changed_meanwhile_error.ts";
import { type Changes, sizeOf } from "./changes.ts";
import type { CommitJob } from "./commit_job.ts";
import type { CommitterOptions } from "./committer_options.ts";
import { JournalFiles } from "./journal_files.ts";
import { KnownTable } from "./known_table.ts";
import { type Lock, LockFile, NO_LOCK } from "./lock_file.ts";
import { Observer } from "./observer.ts";
import { predecessorOf } from "./predecessor.ts";
import { SnapshotEncoder } from "./snapshot_encoder.ts";
import { syncNewDirectories } from "./sync_new_directories.ts";
import { StepExecutor, type StepFiles } from "./step_executor.ts";
import { NOTHING_WRITTEN, type Written } from "./written.ts";

/** How often a commit starts anew because another process has changed the files meanwhile. */
const MOST_ATTEMPTS = 5;

/**
 * The files of a store: what they hold, as far as this store knows, and the way to change them.
 *
 * A commit makes the whole table durable (P1): it observes the files, asks the plan for the next
 * step, carries it out, and tells the plan what happened. `commit` must not be called again before it has settled.
 */
export class Committer {
  /** Where main really lies, links followed. */
  readonly path: string;
  readonly known: KnownTable;
  readonly #options: CommitterOptions;
  readonly #observer: Observer;
  readonly #view: StoreView;
  readonly #journals: JournalFiles;
  readonly #changes: ChangeReader;
  #state: FilesState<FileInfo>;
  readonly #executor: StepExecutor;
  #life: "running" | "abandoned" = "running";

  constructor(path: string, recovery: Recovery, options: CommitterOptions) {
    const { fileSystem, durability, journal, format, checksum } = options;
    this.path = path;
    this.known = new KnownTable(recovery.table);
    this.#options = options;
    this.#observer = new Observer(fileSystem, path);
    const encoder = new SnapshotEncoder(formOf(format), checksum ? "always" : "with a generation");
    this.#view = new StoreView(fileSystem, path, durability);
    this.#journals = new JournalFiles(fileSystem, path, {
      durability,
      limit: journal === "none" ? 0 : journal.limit,
      longest: options.longest,
    });
    this.#state = { ...stateOfFiles(recovery), journaling: journal === "none" ? "off" : "on" };
    this.#journals.remember(recovery.files);
    const files = this.#stepFiles();
    const [known, journals, observer] = [this.known, this.#journals, this.#observer];
    const parts = { path, options, known, encoder, journals, observer };
    this.#changes = new ChangeReader(files, parts);
    this.#executor = new StepExecutor(files, parts);
  }

  #stepFiles(): StepFiles {
    const state = () => this.#state;
    return {
      get state() {
        return state();
      },
      become: (event) => this.#become(event),
      confirm: (lock) => this.#confirm(lock),
      stopIfAbandoned: this.#stopIfAbandoned,
    };
  }

  /** Whether the journal has outgrown its snapshot: a compaction is due (J4). */
  get isOutgrown(): boolean {
    return this.#state.journal.is === "full";
  }

  /** Reads an offset, from the files if they may hold something else than this store knows (R1). */
  async read(mq: MessageQueue): Promise<Offset | undefined> {
    let seen: Observation;
    try {
      seen = await this.#observer.look(this.#state);
    } catch (error) {
      throw new OffsetLoadError(this.path, error);
    }
    const isKnown = isCertain(this.#state) && isOurs(this.#state, seen, COMPARE);
    if (isKnown) return this.known.table.get(mq);
    await syncNewDirectories(this.path, this.#options);
    return (await this.#view.read(seen)).get(mq);
  }

  /**
   * Makes the changes of a job durable.
   *
   * @returns What was written.
   * @throws {OffsetConflictError} If somebody else has changed the files, and that is not merged.
   * @throws {OffsetPersistError} If they cannot be written.
   */
  async commit(job: CommitJob): Promise<Written> {
    const { onConflict, lock } = this.#options;
    for (let attempt = 1;; attempt++) {
      try {
        // Without a lock of its own, only a merging store needs one: otherwise one of two writers is
        // refused.
        if (lock !== undefined || onConflict === "throw") {
          return await this.#attempt(job, lock ?? NO_LOCK);
        }
        return await this.#isIdle(job) ? NOTHING_WRITTEN : await this.#attemptWithLock(job);
      } catch (error) {
        if (!(error instanceof ChangedMeanwhileError)) throw persistErrorOf(this.path, error);
        this.#become({ event: "changed" });
        if (attempt < MOST_ATTEMPTS) continue;
        throw new OffsetConflictError(this.path, "it was changed again and again");
      }
    }
  }

  async #attemptWithLock(job: CommitJob): Promise<Written> {
    const { fileSystem, directories, durability } = this.#options;
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
          const foreign = await this.#changes.read();
          job.giveBack(changes);
          changes = job.capture(this.known.durable, foreign);
          seen = "ours";
        }
        step = this.#nextStep(seen, changes, job);
      }
      // C3: a store without anything to write closes, also after it lost its lock.
      const needsLock = step.do !== "nothing" || job.purpose !== "close";
      if (lock !== NO_LOCK && needsLock) await lock.confirm();
      this.#stopIfAbandoned();
      if (step.do === "nothing") return NOTHING_WRITTEN;
      if (step.do === "append") return await this.#executor.append(step, changes, lock);
      return await this.#executor.snapshot(step, changes, lock);
    } catch (error) {
      job.giveBack(changes);
      throw error;
    } finally {
      job.ended(this.known.durable, changes);
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
    const seen = await this.#observer.look(this.#state);
    if (!isOurs(this.#state, seen, COMPARE)) throw new ChangedMeanwhileError();
    await lock.confirm();
  }

  /**
   * Reads what somebody else has made of the files, and goes on from there (C4). It writes nothing; no
   * commit may be under way.
   *
   * @param decide Makes of memory what the choice says, given the offsets of the files.
   * @throws {OffsetResolveError} If the files are unusable, and the choice needs them.
   */
  async resolve(choice: ConflictChoice, decide: (theirs: OffsetColumn) => void): Promise<void> {
    if (await this.#look() === "ours") return;
    const theirs = await this.#changes.resolve(choice);
    if (theirs !== undefined) decide(theirs);
  }

  /** Makes a commit that is under way stop at its next step; it does not replace main after that (C3). */
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
