import { dirname } from "node:path";
import * as zlib from "node:zlib";
import { type Crc32, crc32 } from "../../core/format/crc32.ts";
import type { SnapshotId } from "../../core/format/read_journal.ts";
import { JournalEncoder } from "../../core/format/journal_encoder.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import { isLater, type MaybePromise } from "../fs/maybe_promise.ts";
import type { Changes } from "./changes.ts";
import type { FileInfo, FileSystem, WritableFile } from "../fs/file_system.ts";
import { writeAll } from "../fs/write_file.ts";

/** How much room for records is made at a time: a record then has nothing to sync but itself. */
const ROOM = 64 * 1024;

/** Of fewer bytes than these ours has the checksum before zlib's has begun. */
const SHORT = 512;

// Stryker disable next-line ConditionalExpression,EqualityOperator: both have the same answer
const quickCrc32: Crc32 = (bytes) => bytes.length < SHORT ? crc32(bytes) : zlib.crc32(bytes);

/** How a journal is written. */
export interface JournalFileOptions {
  /** Whether to sync it. */
  readonly sync: boolean;
  /** How long it will become, unless the snapshot is longer. */
  readonly limit: number;
}

/**
 * A journal that this process writes.
 *
 * Only who has created a journal appends to it (clause P8): after a crash it is read, and the next
 * process begins with a snapshot. After an error it must not be used any more.
 */
export class JournalWriter {
  /** Who it is; its size and time change with each record. */
  readonly info: FileInfo;
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #file: WritableFile;
  readonly #sync: boolean;
  readonly #room: number;
  readonly #lines = new JournalEncoder(quickCrc32);
  /** How long it may become. */
  #limit: number;
  #length = 0;
  /** Up to where room was made. */
  #reserved = 0;

  private constructor(
    fileSystem: FileSystem,
    path: string,
    file: WritableFile,
    info: FileInfo,
    { sync, limit }: JournalFileOptions,
  ) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#file = file;
    this.info = info;
    this.#sync = sync;
    this.#room = Math.min(limit, ROOM);
    this.#limit = limit;
  }

  /** Creates an empty journal, which must not be there yet. */
  static async create(
    fileSystem: FileSystem,
    path: string,
    options: JournalFileOptions,
  ): Promise<JournalWriter> {
    const file = await fileSystem.create(path);
    try {
      return new JournalWriter(fileSystem, path, file, await file.stat(), options);
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
  }

  /**
   * Writes the first line, and makes it and the journal's name durable before there is a record: a
   * record after a torn first line would look like one that was torn out of the middle.
   */
  async begin(snapshot: SnapshotId): Promise<void> {
    this.#limit = Math.max(this.#limit, snapshot.length);
    await this.#write(this.#lines.header(snapshot));
    if (this.#sync) await this.#fileSystem.syncDirectory(dirname(this.#path));
  }

  /** Whether it has become longer than the snapshot, and than it may. */
  get isOutgrown(): boolean {
    return this.#length > this.#limit;
  }

  /**
   * Appends a record of the queues that get another offset, and makes it durable.
   *
   * @returns How many bytes it was.
   */
  append(index: QueueIndex, { slots, offsets }: Changes): MaybePromise<number> {
    return this.#write(this.#lines.record(index, slots, offsets));
  }

  #write(bytes: Uint8Array): MaybePromise<number> {
    const writing = writeAll(this.#file, bytes, this.#length);
    const end = this.#length + bytes.length;
    // Stryker disable next-line ConditionalExpression,EqualityOperator: it is finished in the same way
    if (isLater(writing) || end > this.#reserved) return this.#finish(writing, bytes.length);
    this.#length = end;
    const syncing = this.#confirm();
    return isLater(syncing) ? syncing.then(() => bytes.length) : bytes.length;
  }

  /** Ends a write that is answered later, or that is to have room behind it. */
  async #finish(writing: MaybePromise<void>, length: number): Promise<number> {
    await writing;
    this.#length += length;
    // Stryker disable next-line EqualityOperator: at its very end, room is made now or with the next
    if (this.#length > this.#reserved) await this.#reserve();
    await this.#confirm();
    return length;
  }

  /** Makes durable what was written. */
  #confirm(): MaybePromise<void> {
    return this.#sync ? this.#file.syncData() : undefined;
  }

  async #reserve(): Promise<void> {
    this.#reserved = this.#length + this.#room;
    // Where there is no room, there may be enough for the next record.
    if (this.#room > 0) await this.#file.reserve(this.#length, this.#room).catch(() => {});
  }

  /** Closes the file; what matters was synced before, so an error is of no interest. */
  async close(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}
