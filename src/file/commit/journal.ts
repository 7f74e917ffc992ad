import { dirname } from "node:path";
import type { SnapshotId } from "../../core/format/read_journal.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import { isLater, type MaybePromise } from "../fs/maybe_promise.ts";
import type { Changes } from "./changes.ts";
import { isMissing } from "../errors/error_code.ts";
import {
  type FileInfo,
  type FileSystem,
  isFresh,
  isSameFile,
  isSameInode,
} from "../fs/file_system.ts";
import { journalOf } from "../paths.ts";
import { JournalWriter } from "./journal_writer.ts";
import { moveAside } from "../recovery/quarantine.ts";
import type { FoundJournal } from "../recovery/recover.ts";
import type { Diagnostic } from "../options.ts";
import { pacedCrc32 } from "./paced_crc32.ts";
import { statIfThere } from "../fs/stat_if_there.ts";

/** What a journal is kept with. */
export interface JournalOptions {
  readonly fileSystem: FileSystem;
  readonly sync: boolean;
  /** How long it may become though the snapshot is shorter; `undefined` if none is written. */
  readonly journalLimit: number | undefined;
  readonly report: (diagnostic: Diagnostic) => void;
}

/**
 * The journal of a main file, as this store knows it: begun with the first record after a snapshot,
 * removed when the next snapshot holds what it held (clauses J1–J4).
 */
export class Journal {
  readonly #path: string;
  readonly #directoryPath: string;
  readonly #options: JournalOptions;
  /** The main file that a record would extend; `undefined` if a snapshot must come first. */
  #snapshot: SnapshotId | undefined;
  /** The main file that the one that lies there extends, if that is known. */
  #extended: SnapshotId | "none" | undefined;
  /** The one that this store writes. */
  #open: JournalWriter | undefined;
  /** The one that lies there, if this store has begun it; its size and time tell nothing. */
  #ours: FileInfo | undefined;
  /** The one that was found there. */
  #found: FoundJournal | undefined;
  /** The directory in which this store's own journal was seen; see `look`. */
  #directory: FileInfo | undefined;

  constructor(main: string, options: JournalOptions) {
    this.#path = journalOf(main);
    this.#directoryPath = dirname(main);
    this.#options = options;
  }

  /** Whether a record can be appended now. */
  get canAppend(): boolean {
    return this.#snapshot !== undefined;
  }

  /** Whether main alone is not the whole truth, or what was is not removed yet. */
  get exists(): boolean {
    return this.#ours !== undefined || this.#found !== undefined;
  }

  /** Whether it has become longer than the snapshot, and is worth a new one (clause J4). */
  get isOutgrown(): boolean {
    return this.#open?.isOutgrown === true;
  }

  /** What was found beside a main file, whose id is given if it is valid. */
  found(journal: FoundJournal | undefined, snapshot: SnapshotId | undefined): void {
    this.abandon();
    this.#ours = undefined;
    this.#found = journal;
    this.#extended = journal?.extends;
    // Only who began a journal appends to it.
    if (journal === undefined && this.#isWanted) this.#snapshot = snapshot;
  }

  get #isWanted(): boolean {
    return this.#options.journalLimit !== undefined;
  }

  /**
   * Looks at what lies there now.
   *
   * Who asks a system with fine timestamps for the time of a file makes the next write to it set
   * that time anew, and the sync of such a write takes half as long again. As long as nothing in
   * its directory got or lost a name, a journal of ours is still there, and is not asked.
   */
  look(): MaybePromise<FileInfo | undefined> {
    const { fileSystem } = this.#options;
    if (this.#ours === undefined) return statIfThere(fileSystem, this.#path);
    const directory = statIfThere(fileSystem, this.#directoryPath);
    // Stryker disable next-line ConditionalExpression,BooleanLiteral: what is looked at again is found to be the same
    const isSame = !isLater(directory) && isSameFile(directory, this.#directory);
    return isSame ? this.#ours : this.#lookAgain(directory);
  }

  /** Who merges comes here each time: the lock is a name in the directory. */
  async #lookAgain(asked: MaybePromise<FileInfo | undefined>): Promise<FileInfo | undefined> {
    // If it is gone, so is main, and somebody else has changed that.
    if (isSameFile(await asked, this.#directory)) return this.#ours;
    // How old it is counts from before it is asked.
    const since = Date.now();
    const directory = await statIfThere(this.#options.fileSystem, this.#directoryPath);
    const info = await statIfThere(this.#options.fileSystem, this.#path);
    const isSure = directory !== undefined && !isFresh(directory, since) && this.isKnown(info);
    this.#directory = isSure ? directory : undefined;
    return info;
  }

  /**
   * Whether what lies there now is what was there, or what we wrote since (clause P9). One that we
   * failed to create, or to remove, and is there or gone all the same, is looked into like another's.
   */
  isKnown(info: FileInfo | undefined): boolean {
    if (this.#ours !== undefined) return info !== undefined && isSameInode(info, this.#ours);
    if (this.#found === undefined) return info === undefined;
    return !this.#found.isFresh && isSameFile(info, this.#found.info);
  }

  /** Appends a record, and answers how many bytes it was; after an error it is to be abandoned. */
  append(index: QueueIndex, changes: Changes): MaybePromise<number> {
    return this.#open?.append(index, changes) ?? this.#beginWith(index, changes);
  }

  async #beginWith(index: QueueIndex, changes: Changes): Promise<number> {
    const file = await this.#begin(this.#snapshot!);
    return await file.append(index, changes);
  }

  async #begin(snapshot: SnapshotId): Promise<JournalWriter> {
    const { fileSystem, sync, journalLimit: limit = 0 } = this.#options;
    const file = await JournalWriter.create(fileSystem, this.#path, { sync, limit });
    this.#ours = file.info;
    this.#open = file;
    this.#extended = snapshot;
    await file.begin(snapshot);
    return file;
  }

  /** Appends no more to it. */
  abandon(): void {
    void this.#open?.close();
    this.#open = undefined;
    this.#snapshot = undefined;
  }

  /**
   * Removes it: a snapshot of these bytes, which is durable by now, holds what it held.
   *
   * The removal is durable before the snapshot counts: a snapshot may have the bytes of the one that
   * the journal extends, if an offset was lowered or a queue was deleted. A power cut that brought the
   * journal back would then bring back the old offsets.
   */
  async supersede(bytes: Uint8Array): Promise<void> {
    this.abandon();
    if (this.exists) {
      const failure = await this.#remove();
      if (failure !== undefined) return await this.#keep(bytes, failure);
      if (this.#options.sync) await this.#options.fileSystem.syncDirectory(this.#directoryPath);
    }
    this.#ours = this.#found = this.#extended = undefined;
    if (this.#isWanted) this.#snapshot = await idOf(bytes);
  }

  /** It could not be removed; rejects if a load might apply it to the new snapshot. */
  async #keep(bytes: Uint8Array, { error }: { readonly error: unknown }): Promise<void> {
    const extended = this.#extended;
    if (extended === "none") return;
    const { length, crc32 } = await idOf(bytes);
    if (extended === undefined || extended.length === length && extended.crc32 === crc32) {
      throw error;
    }
  }

  async #remove(): Promise<{ readonly error: unknown } | undefined> {
    const { fileSystem, sync, report } = this.#options;
    try {
      if (!this.#found?.isForeign) await fileSystem.unlink(this.#path);
      else {
        const keptAs = await moveAside(fileSystem, this.#path, sync);
        if (keptAs !== undefined) report({ kind: "kept-aside", path: this.#path, keptAs });
      }
      return undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      report({ kind: "cleanup-failed", path: this.#path, error });
      return { error };
    }
  }
}

async function idOf(bytes: Uint8Array): Promise<SnapshotId> {
  return { length: bytes.length, crc32: await pacedCrc32(bytes) };
}
