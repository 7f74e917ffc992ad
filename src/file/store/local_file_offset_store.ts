import { checkMessageQueue, type MessageQueue } from "../../core/table/message_queue.ts";
import { NO_OFFSET, type Offset, toOffset } from "../../core/table/offset.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import type { OffsetTable } from "../../core/table/offset_table.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import { memoryAnswers, type ReadType } from "../../core/rules/read_with_type.ts";
import { andThen, type MaybePromise, orElse } from "../fs/maybe_promise.ts";
import type { Changes } from "../commit/changes.ts";
import { GroupCommit } from "./group_commit.ts";
import { type Held, MemoryTable } from "./memory_table.ts";
import type { OffsetFile, Take } from "../commit/offset_file.ts";
import { OffsetStoreClosedError } from "../errors/offset_store_closed_error.ts";
import { type OpenedFile, openOffsetFile } from "./open_offset_file.ts";
import { checkOptions } from "./check_options.ts";
import type { Diagnostic, LoadOutcome, OffsetStore, OpenOptions, StoreStatus } from "../options.ts";
import { PersistTimer } from "./persist_timer.ts";
import { storePath } from "../paths.ts";

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
  /** The path of the main file, as it was configured; it may be a symbolic link. */
  readonly path: string;
  /** What `open` found. */
  readonly loadOutcome: LoadOutcome;

  readonly #file: OffsetFile;
  /** The slots under which memory and the file know the queues. */
  readonly #index: QueueIndex;
  readonly #memory: MemoryTable;
  readonly #commits: GroupCommit;
  readonly #timer: PersistTimer | undefined;
  readonly #report: (diagnostic: Diagnostic) => void;
  /** The queues that are being taken out of the file, by slot. */
  readonly #deleting: Map<number, Deletion> = new Map<number, Deletion>();
  /** How often a deletion has begun or ended. */
  #deletions = 0;
  #closing: Promise<void> | undefined;
  #closed = false;
  /** Whether no persist will follow the next one. */
  #isLast = false;
  #bytesWritten = 0;
  #generationsWritten = 0;
  #lastSuccess: number | undefined;
  #lastError: unknown;

  private constructor(path: string, opened: OpenedFile, options: OpenOptions) {
    this.path = path;
    this.loadOutcome = opened.outcome;
    this.#file = opened.file;
    this.#index = opened.file.index;
    this.#memory = new MemoryTable(this.#index, opened.file.durable);
    this.#commits = new GroupCommit((taken) => this.#commit(taken));
    this.#report = opened.report;
    if (options.persistEveryMs !== undefined) {
      this.#timer = new PersistTimer(options.persistEveryMs, () => this.#commitInBackground());
    }
  }

  /**
   * Opens a store and loads what its files hold; nothing is written before the first persist.
   *
   * @param options Which store, and how it behaves; `clientId` and `group` must be given.
   * @returns The store; `loadOutcome` tells where its offsets are from.
   * @throws {TypeError} If an option is of the wrong kind, or no root directory can be chosen.
   * @throws {RangeError} If `persistEveryMs` is out of range.
   * @throws {OffsetFileCorruptError} If files are there and none is usable.
   * @throws {OffsetLoadError} If a file could not be examined, such as for lack of permission.
   */
  static async open(options: OpenOptions): Promise<LocalFileOffsetStore> {
    checkOptions(options);
    const { root, path } = storePath(options);
    return new LocalFileOffsetStore(path, await openOffsetFile(root, path, options), options);
  }

  /**
   * Sets a queue's offset in memory, unless the queue is frozen.
   *
   * @param mq The queue.
   * @param offset Its offset, an int64: by convention the next message to consume. A `number` must
   *   be a safe integer.
   * @param increaseOnly Whether an offset that is not greater than the current one is ignored.
   * @throws {TypeError} If the queue or the offset is of the wrong type.
   * @throws {RangeError} If the queue id is not an int32 or the offset not an int64.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  update(mq: MessageQueue, offset: Offset | number, increaseOnly: boolean): void {
    this.#assertOpen("update");
    const given = toOffset(offset);
    // What is known was checked when it came.
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
    this.#assertOpen("update");
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
    this.#assertOpen("read");
    checkMessageQueue(mq);
    const held = this.#memory.get(this.#index.find(mq));
    if (memoryAnswers(held, type)) return held ?? NO_OFFSET;
    const deletions = this.#deletions;
    const stored = await this.#file.read(mq);
    if (stored === undefined) return NO_OFFSET;
    const slot = this.#index.add(mq);
    // R3; and what a deletion takes out of the file in the meantime must not come back.
    if (deletions === this.#deletions && !this.#deleting.has(slot)) {
      this.#memory.restore(slot, { offset: stored, frozen: false });
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
    this.#assertOpen("read");
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
    this.#assertOpen("read");
    return this.#memory.snapshot(topic);
  }

  /**
   * Makes all offsets durable: those in memory, and those that the file holds of other queues.
   *
   * Callers share a write: one is running, at most one is waiting. A table that the file holds
   * already is not written again. Who does not wait for it must catch its error all the same: that
   * of a promise which nobody handles ends the process on Deno and Node, and fails it on Bun.
   *
   * @param mqs Which queues to persist, as in RocketMQ: `[]` does nothing, anything else persists
   *   the whole table.
   * @throws {OffsetPersistError} If the file cannot be written; the store stays usable.
   * @throws {OffsetConflictError} If somebody else has changed the file, and `onConflict` is
   *   `"throw"`.
   * @throws {OffsetStoreClosedError} If the store is closed.
   */
  persist(mqs?: readonly MessageQueue[]): Promise<void> {
    try {
      this.#assertOpen("persist");
      mqs?.forEach(checkMessageQueue);
    } catch (error) {
      return Promise.reject(error);
    }
    // Those who share a write share its promise; one for each is what most of it would cost.
    return mqs?.length === 0 ? Promise.resolve() : this.#commits.run();
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
    this.#assertOpen("remove");
    this.#memory.remove(this.#slotOf(mq));
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
    this.#assertOpen("delete");
    const slot = this.#slotOf(mq);
    // A later deletion of the same queue takes over from an earlier one that is still going on.
    const deletion = { held: this.#memory.remove(slot) ?? this.#deleting.get(slot)?.held };
    this.#deleting.set(slot, deletion);
    this.#deletions++;
    const isLast = () => this.#deleting.get(slot) === deletion;
    try {
      await this.#commits.run();
    } catch (error) {
      if (isLast()) this.#memory.restore(slot, deletion.held);
      throw error;
    } finally {
      this.#deletions++;
      if (isLast()) this.#deleting.delete(slot);
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
      dirtyQueues: this.#memory.countDifferent(this.#file.durable),
      generationsWritten: this.#generationsWritten,
      bytesWritten: this.#bytesWritten,
      lastSuccess: this.#lastSuccess,
      lastError: this.#lastError,
      closed: this.#closed,
    };
  }

  /**
   * Persists a last time and refuses all further calls.
   *
   * If the persist fails, the store stays open and usable. Closing twice is the same as once.
   *
   * @throws {OffsetPersistError} If the file cannot be written.
   * @throws {OffsetConflictError} If somebody else has changed the file, and `onConflict` is
   *   `"throw"`.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Closes the store at the end of an `await using` block; see `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#isLast = true;
    try {
      await this.#commits.run();
    } catch (error) {
      this.#closing = undefined;
      this.#isLast = false;
      throw error;
    }
    this.#closed = true;
    this.#timer?.stop();
  }

  #commit(haveTaken: () => void): MaybePromise<void> {
    let taken: Changes | undefined;
    const take: Take = (durable, foreign) => {
      haveTaken();
      taken = this.#takeChanges(durable, foreign);
      return { changes: taken, compact: this.#isLast || this.#file.wantsCompaction };
    };
    return orElse(() => andThen(this.#file.write(take), this.#haveWritten), (error) => {
      if (taken !== undefined) this.#memory.touch(taken.slots);
      this.#lastError = error;
      throw error;
    });
  }

  readonly #haveWritten = (bytes: number): void => {
    if (bytes > 0) this.#generationsWritten++;
    this.#bytesWritten += bytes;
    this.#lastSuccess = Date.now();
    this.#lastError = undefined;
    if (this.#file.wantsCompaction) this.#commitInBackground();
  };

  /** Persists without anybody to tell of a failure but the listener; the next persist tries again. */
  #commitInBackground(): void {
    const { path } = this;
    this.#commits.run().catch((error) => this.#report({ kind: "persist-failed", path, error }));
  }

  /** What to change in the file, which may be somebody else's by now. */
  #takeChanges(durable: OffsetColumn, foreign: OffsetColumn | undefined): Changes {
    if (foreign !== undefined) {
      this.#memory.raiseTo(foreign);
      // Anything may differ from what the file holds now.
      this.#memory.touch();
    }
    return this.#memory.takeChanges(durable, this.#deleting.keys());
  }

  #slotOf(mq: MessageQueue): number {
    checkMessageQueue(mq);
    return this.#index.add(mq);
  }

  #assertOpen(action: string): void {
    if (this.#closing !== undefined) throw new OffsetStoreClosedError(action, this.path);
  }
}

/** A queue that is being deleted, with what memory held of it. */
interface Deletion {
  readonly held: Held | undefined;
}
