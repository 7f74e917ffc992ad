import { checkMessageQueue, type MessageQueue } from "../../core/table/message_queue.ts";
import { NO_OFFSET, type Offset, toOffset } from "../../core/table/offset.ts";
import type { OffsetTable } from "../../core/table/offset_table.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import { checkIncreaseOnly, checkQueues } from "../../core/rules/check_arguments.ts";
import { memoryAnswers, type ReadType } from "../../core/rules/read_with_type.ts";
import {
  checkConflictChoice,
  type ConflictChoice,
  type Held,
} from "../../core/rules/resolve_conflict.ts";
import type { Committer } from "../commit/committer.ts";
import { OffsetStoreClosedError } from "../errors/offset_store_closed_error.ts";
import { endedByTheirs, RESOLVE, resolveErrorOf } from "./resolve_error_of.ts";
import type { LoadOutcome, OffsetStore, OpenOptions, StoreStatus } from "../options.ts";
import { checkOptions } from "./check_options.ts";
import { Deletions } from "./deletions.ts";
import { isEnded, type Life } from "./life.ts";
import { MemoryTable } from "./memory_table.ts";
import { type OpenedFiles, openFiles } from "./open_files.ts";
import { PersistTimer } from "./persist_timer.ts";
import { StoreCommits } from "./store_commits.ts";

let storeOf: (files: OpenedFiles, options: OpenOptions) => LocalFileOffsetStore;

/**
 * An offset store in a local file, for consumers in broadcasting mode: it remembers how far each
 * queue has been consumed, through crashes, full disks and power cuts.
 *
 * Updates and most reads are answered by memory. `persist` makes them durable: once it resolves,
 * a crash at any later instant loads these offsets or later ones.
 *
 * In Deno it needs `--allow-read` and `--allow-write` for the root directory.
 *
 * @example
 * ```ts
 * import { LocalFileOffsetStore } from "@offsetstore/rocketmq";
 * import { mkdtemp } from "node:fs/promises";
 *
 * const root = await mkdtemp("/tmp/offsets-");
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * {
 *   await using store = await LocalFileOffsetStore.open({ clientId: "10.0.0.7@1", group: "g", root });
 *   store.update(mq, 42n, true);
 *   await store.persist();
 * }
 * await using again = await LocalFileOffsetStore.open({ clientId: "10.0.0.7@1", group: "g", root });
 * if (await again.read(mq, "memory-then-store") !== 42n) throw new Error("42 was persisted");
 * ```
 */
export class LocalFileOffsetStore implements OffsetStore, AsyncDisposable {
  static {
    storeOf = (files, options) => new LocalFileOffsetStore(files, options);
  }

  /** The path of the main file, as it was configured; it may be a symbolic link. */
  readonly path: string;
  /** What `open` found. */
  readonly loadOutcome: LoadOutcome;

  readonly #committer: Committer;
  /** The slots under which memory and the files know the queues. */
  readonly #index: QueueIndex;
  readonly #memory: MemoryTable;
  readonly #commits: StoreCommits;
  readonly #timer: PersistTimer;
  readonly #deletions = new Deletions();
  /** The reads from the files that are under way. */
  readonly #reads = new Set<Promise<Offset>>();
  #releasing: Promise<void> | "not begun" = "not begun";
  #life: Life = { is: "open" };

  private constructor(files: OpenedFiles, options: OpenOptions) {
    const { path, committer, outcome } = files;
    this.path = path;
    this.loadOutcome = outcome;
    this.#committer = committer;
    this.#index = committer.known.index;
    this.#memory = new MemoryTable(this.#index, committer.known.durable);
    this.#commits = new StoreCommits(files, {
      memory: this.#memory,
      deletions: this.#deletions,
      life: () => this.#life,
    });
    const { persistEveryMs = "never" } = options;
    this.#timer = new PersistTimer(persistEveryMs, () => this.#commits.runInBackground());
  }

  /**
   * Opens a store and loads what its files hold; nothing is written before the first persist, but for
   * the lock file of an `exclusive` store.
   *
   * @param options Which store, and how it behaves; `clientId` and `group` must be given.
   * @returns The store; `loadOutcome` tells where its offsets are from.
   * @throws {TypeError} If an option is unknown or of the wrong type, or no root can be chosen.
   * @throws {RangeError} If a number is out of range.
   * @throws {OffsetFileCorruptError} If files are there and none is usable.
   * @throws {OffsetLoadError} If a file could not be examined, such as for lack of permission.
   * @throws {OffsetLockError} If `exclusive` is set, and another process holds the lock.
   */
  static async open(options: OpenOptions): Promise<LocalFileOffsetStore> {
    checkOptions(options);
    return new LocalFileOffsetStore(await openFiles(options), options);
  }

  /**
   * Sets a queue's offset in memory, unless the queue is frozen.
   *
   * @param mq The queue.
   * @param offset Its offset, an int64: by convention the next message to consume. A `number` must
   *   be a safe integer.
   * @param increaseOnly Whether an offset that is not greater than the current one is ignored.
   * @throws {TypeError} If an argument is of the wrong type.
   * @throws {RangeError} If the queue id is not an int32 or the offset not an int64.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  update(mq: MessageQueue, offset: Offset | number, increaseOnly: boolean): void {
    this.#assertNotClosed("update");
    const given = toOffset(offset);
    checkIncreaseOnly(increaseOnly);
    // A known queue was checked when it came.
    this.#memory.update(this.#index.find(mq) ?? this.#slotOf(mq), given, increaseOnly);
  }

  /**
   * Sets a queue's offset and ignores every update of it until `remove`.
   *
   * Java's clients use it while an offset is reset from outside.
   *
   * @param mq The queue.
   * @param offset Its offset, an int64; it may be lower than the current one.
   * @throws {TypeError} If the queue or the offset is of the wrong type.
   * @throws {RangeError} If the queue id is not an int32 or the offset not an int64.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  updateAndFreeze(mq: MessageQueue, offset: Offset | number): void {
    this.#assertNotClosed("update");
    const given = toOffset(offset);
    this.#memory.updateAndFreeze(this.#slotOf(mq), given);
  }

  /**
   * Reads a queue's offset from memory, from the file, or from memory and then from the file.
   *
   * A read from the file never changes what memory holds; a queue that memory lacks is adopted.
   *
   * @param mq The queue.
   * @param type Where to look; see `readWithType` for the table of answers.
   * @returns The offset, or `-1n` if there is none.
   * @throws {TypeError} If the queue or the type is not one.
   * @throws {RangeError} If the queue id is not an int32.
   * @throws {OffsetFileCorruptError} If the file had to be read and no file was usable.
   * @throws {OffsetLoadError} If the file had to be read and could not be examined.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  async read(mq: MessageQueue, type: ReadType): Promise<Offset> {
    this.#assertNotClosed("read");
    checkMessageQueue(mq);
    const held = this.#memory.get(this.#index.find(mq));
    if (memoryAnswers(held, type)) return held ?? NO_OFFSET;
    const life = this.#life;
    if (life.is === "closing") {
      // C1: no file is opened any more, unless the close fails.
      await life.done.catch(() => {});
      return await this.read(mq, type);
    }
    const reading = this.#readFiles(mq);
    this.#reads.add(reading);
    try {
      return await reading;
    } finally {
      this.#reads.delete(reading);
    }
  }

  async #readFiles(mq: MessageQueue): Promise<Offset> {
    const { era } = this.#deletions;
    const stored = await this.#committer.read(mq);
    if (stored === undefined) return NO_OFFSET;
    // R3. A queue that a deletion takes out of the file in the meantime must not come back.
    if (era === this.#deletions.era && !this.#deletions.has(mq)) {
      this.#memory.adopt(this.#index.add(mq), stored);
    }
    return stored;
  }

  /**
   * Tells what memory holds of a queue, at once.
   *
   * @param mq The queue.
   * @returns The offset, or `-1n` if there is none.
   * @throws {TypeError} If the queue is not one.
   * @throws {RangeError} If the queue id is not an int32.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  peek(mq: MessageQueue): Offset {
    this.#assertNotClosed("read");
    checkMessageQueue(mq);
    return this.#memory.get(this.#index.find(mq)) ?? NO_OFFSET;
  }

  /**
   * Copies what memory holds.
   *
   * @param topic Only the queues of this topic; all by default.
   * @returns A table that later updates do not change.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  snapshot(topic?: string): OffsetTable {
    this.#assertNotClosed("read");
    return this.#memory.snapshot(topic);
  }

  /**
   * Makes all offsets durable: those in memory, and those that the file holds of other queues.
   *
   * Callers share a write: one is running, at most one is waiting. A table that the file holds
   * already is not written again. Handle the error even if you do not wait for the promise: an
   * unhandled rejection ends the process on Deno and Node, and fails it on Bun.
   *
   * @param mqs Which queues to persist, as in RocketMQ: `[]` does nothing, anything else persists
   *   the whole table.
   * @throws {TypeError} If `mqs` is not an array of queues.
   * @throws {OffsetPersistError} If the file cannot be written; the store stays usable.
   * @throws {OffsetConflictError} If somebody else has changed the file, and `onConflict` is
   *   `"throw"`.
   * @throws {OffsetLockError} If the store is `exclusive`, and has lost its lock.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  persist(mqs?: readonly MessageQueue[]): Promise<void> {
    try {
      this.#assertNotClosed("persist");
      checkQueues(mqs);
    } catch (error) {
      return Promise.reject(error);
    }
    // Callers of one commit share its promise: a promise for each is most of what they would cost.
    return mqs?.length === 0 ? Promise.resolve() : this.#join("persist");
  }

  /**
   * Forgets a queue in memory, frozen or not; its durable offset stays.
   *
   * @param mq The queue.
   * @throws {TypeError} If the queue is not one.
   * @throws {RangeError} If the queue id is not an int32.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  remove(mq: MessageQueue): void {
    this.#assertNotClosed("remove");
    this.#removeFromMemory(mq);
    this.#commits.freeSlotsIfIdle();
  }

  /**
   * Takes a queue out of memory and out of the file, and persists everything else.
   *
   * If that fails, the queue is as it was. An update that comes after the call counts.
   *
   * @param mq The queue.
   * @throws {TypeError} If the queue is not one.
   * @throws {RangeError} If the queue id is not an int32.
   * @throws {OffsetPersistError} If the file cannot be written.
   * @throws {OffsetConflictError} If somebody else has changed the file, and `onConflict` is
   *   `"throw"`.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  async deleteDurable(mq: MessageQueue): Promise<void> {
    this.#assertNotClosed("delete");
    const deletion = this.#deletions.begin(mq, this.#removeFromMemory(mq));
    try {
      await this.#join("delete");
    } catch (error) {
      const { held } = deletion;
      const isToRestore = this.#deletions.end(deletion) && held !== undefined;
      if (isToRestore) this.#memory.restore(this.#index.add(deletion.mq), held);
      throw error;
    }
    this.#deletions.end(deletion);
    if (this.#deletions.isCancelled(deletion)) throw endedByTheirs(this.path);
  }

  /**
   * Resolves a conflict: decides between the offsets in memory and those that somebody else has
   * written. It reads the files again and writes nothing; the next persist goes on.
   *
   * - `"theirs"`: memory becomes the table of the files. Updates and removals that were not persisted
   *   are given up, those during the call included; freezes end, and pending deletions reject.
   * - `"mine"`: memory wins. The files keep their offsets of queues that memory lacks. A file that is
   *   unusable is kept under another name.
   * - `"max"`: the greater offset of each queue wins, as with `onConflict: "merge"`. A frozen queue
   *   stays as it is in memory, and the greater offset is in the file.
   *
   * Without a conflict it does nothing. If the files change again, the next persist tells a new
   * conflict.
   *
   * @param choice The side whose offsets win.
   * @throws {TypeError} If the choice is not one.
   * @throws {OffsetResolveError} If the files are unusable, and the choice is `"theirs"` or `"max"`.
   * @throws {OffsetLoadError} If a file could not be examined.
   * @throws {OffsetStoreClosedError} If the store is closed.
   *
   * @example
   * ```ts
   * import { LocalFileOffsetStore, OffsetConflictError } from "@offsetstore/rocketmq";
   * import { mkdtemp } from "node:fs/promises";
   *
   * const options = { clientId: "c", group: "g", root: await mkdtemp("/tmp/offsets-") };
   * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
   * await using store = await LocalFileOffsetStore.open(options);
   * {
   *   await using other = await LocalFileOffsetStore.open(options);
   *   other.update(mq, 42n, true);
   * }
   * store.update(mq, 7n, true);
   * await store.persist().catch(async (error) => {
   *   if (!(error instanceof OffsetConflictError)) throw error;
   *   await store.resolveConflict("max");
   *   await store.persist();
   * });
   * if (store.peek(mq) !== 42n) throw new Error("42 is the greater");
   * ```
   */
  async resolveConflict(choice: ConflictChoice): Promise<void> {
    checkConflictChoice(choice);
    this.#assertNotClosed(RESOLVE);
    const life = this.#life;
    if (life.is === "closing") {
      await life.done.catch(() => {});
      return await this.resolveConflict(choice);
    }
    await this.#commits.alone(() => this.#resolve(choice));
  }

  async #resolve(choice: ConflictChoice): Promise<void> {
    try {
      await this.#committer.resolve(choice, (theirs) => {
        if (choice === "theirs") this.#deletions.cancelAll();
        this.#memory.resolve(choice, theirs);
      });
    } catch (error) {
      throw resolveErrorOf(this.path, error);
    }
  }

  /**
   * Tells how the store is doing; works after `close` too.
   *
   * @returns Counts, and how the last persist went.
   */
  status(): StoreStatus {
    return {
      queues: this.#memory.size,
      dirtyQueues: this.#memory.dirty,
      ...this.#commits.counts,
      closed: this.#life.is === "closed",
    };
  }

  /**
   * Persists a last time, releases all files, and refuses all further calls. After it has resolved
   * the store writes nothing any more.
   *
   * Updates during the call are written if they come before the last capture, and dropped with the
   * store otherwise. `persist` and `deleteDurable` during the call join the last commit, or reject
   * once the store is closed, as does a read that memory does not answer. A store with nothing to
   * write closes, whatever others have written. If the last persist fails, the store stays open: it
   * can be used, closed again, or abandoned. A second call returns the promise of the first one, after
   * the end as well.
   *
   * @throws {OffsetPersistError} If the file cannot be written.
   * @throws {OffsetConflictError} If somebody else has changed the file, and `onConflict` is
   *   `"throw"`.
   */
  close(): Promise<void> {
    const life = this.#life;
    if (life.is !== "open") return life.done;
    const done = this.#close();
    this.#life = { is: "closing", done };
    return done;
  }

  /**
   * Ends the store without a last persist.
   *
   * A commit that is under way stops at its next step and never replaces the file after it. Its
   * callers are rejected with an `OffsetPersistError` whose `onDisk` tells how far it came. Timer, file
   * descriptors, temporary files and lock are released.
   */
  abandon(): Promise<void> {
    const life = this.#life;
    if (life.is === "closed" || life.is === "abandoning") return life.done;
    const done = this.#abandon();
    this.#life = { is: "abandoning", done };
    return done;
  }

  /** Closes the store at the end of an `await using` block; see `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#timer.stop();
    try {
      await this.#commits.run();
    } catch (error) {
      if (this.#life.is === "closing") {
        this.#life = { is: "open" };
        this.#timer.start();
      }
      throw error;
    }
    await this.#release();
    if (this.#life.is === "closing") this.#end();
  }

  async #abandon(): Promise<void> {
    this.#timer.stop();
    this.#committer.abandon();
    await this.#commits.idle();
    await this.#release();
    this.#end();
  }

  /** Keeps the promise of the ending: a later call returns the same one (C2). */
  #end(): void {
    if ("done" in this.#life) this.#life = { is: "closed", done: this.#life.done };
  }

  /** Ends what uses the files; neither a commit nor a read begins any more. */
  #release(): Promise<void> {
    // A close and an abandon that meet wait for the same end.
    if (this.#releasing === "not begun") {
      this.#releasing = Promise.allSettled(this.#reads).then(() => this.#committer.release());
    }
    return this.#releasing;
  }

  /** Joins a commit. While the store is closing there is one more, and none after it (C2). */
  #join(action: string): Promise<void> {
    const life = this.#life;
    if (life.is !== "closing" || this.#commits.isOpen) return this.#commits.run();
    return this.#joinAfter(life.done, action);
  }

  async #joinAfter(closing: Promise<void>, action: string): Promise<void> {
    await closing.catch(() => {});
    this.#assertNotClosed(action);
    await this.#join(action);
  }

  #removeFromMemory(mq: MessageQueue): Held | undefined {
    checkMessageQueue(mq);
    const slot = this.#index.find(mq);
    return slot === undefined ? undefined : this.#memory.remove(slot);
  }

  #slotOf(mq: MessageQueue): number {
    checkMessageQueue(mq);
    return this.#index.add(mq);
  }

  #assertNotClosed(action: string): void {
    if (this.#isEnded) throw new OffsetStoreClosedError(action, this.path);
  }

  get #isEnded(): boolean {
    return isEnded(this.#life);
  }
}

export { storeOf };
