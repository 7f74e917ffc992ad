import type { Generation } from "../../core/format/generation.ts";
import { JournalEncoder } from "../../core/format/journal_encoder.ts";
import type { JournalDurability, SnapshotId } from "../../core/format/journal_header.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import { BlockingFile } from "../fs/blocking_file.ts";
import { fastCrc32 } from "../fs/fast_crc32.ts";
import type { FileInfo } from "../fs/file_info.ts";
import { LONGEST_FILE, TableTooLongError } from "../fs/longest_file.ts";
import type { FileSystem, WritableFile } from "../fs/file_system.ts";
import { dirname } from "../fs/path_names.ts";
import { takeAfter } from "../fs/take_after.ts";
import { writeAll } from "../fs/write_file.ts";
import { journalOf } from "../paths.ts";
import type { ColumnChanges } from "./changes.ts";

/** How much room for records is made at a time: a record then has nothing to sync but itself. */
const ROOM = 64 * 1024;

/** How a journal is written. */
export interface JournalOptions {
  readonly durability: JournalDurability;
  /** How long it becomes before a snapshot replaces it, if the snapshot is not longer. */
  readonly limit: number;
  /** The longest journal that can be read again; what every runtime can read by default. */
  readonly longest?: number;
}

/** The snapshot that a journal extends. */
export interface ExtendedSnapshot {
  readonly generation: Generation;
  readonly id: SnapshotId;
  /** Main, whose owner, group and mode the journal gets. */
  readonly like: FileInfo;
}

/**
 * A journal that this process writes.
 *
 * Only the process that created a journal appends to it (clause P8). After a crash another process
 * reads it, and begins with a snapshot. After an error no more records follow.
 */
export class JournalWriter {
  /** Which file it is; size and time change with each record. */
  readonly info: FileInfo;
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #file: WritableFile;
  readonly #blocking: BlockingFile | undefined;
  readonly #options: JournalOptions;
  readonly #lines = new JournalEncoder(fastCrc32);
  /** How long it may become. */
  #limit: number;
  #length = 0;
  /** Where the room for records ends; the file is at least so long. */
  #roomEnd = 0;

  private constructor(
    fileSystem: FileSystem,
    path: string,
    file: WritableFile,
    info: FileInfo,
    options: JournalOptions,
  ) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#file = file;
    this.#blocking = BlockingFile.of(file);
    this.info = info;
    this.#options = options;
    this.#limit = options.limit;
  }

  /** Creates the journal of a main file, still without a first line; there must be none yet. */
  static async create(
    fileSystem: FileSystem,
    main: string,
    options: JournalOptions,
  ): Promise<JournalWriter> {
    const path = journalOf(main);
    const file = await fileSystem.create(path);
    try {
      return new JournalWriter(fileSystem, path, file, await file.stat(), options);
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
  }

  /**
   * Writes the first line, and makes it and the journal's name durable. A record may follow only
   * then: behind a torn first line it would look like a record that was torn out of the middle.
   */
  async begin({ generation, id, like }: ExtendedSnapshot): Promise<void> {
    const { durability } = this.#options;
    this.#limit = Math.max(this.#limit, id.length);
    await takeAfter(this.#file, this.info, like);
    await this.#write(this.#lines.header({ snapshot: id, generation, durability }));
    if (durability === "full") await this.#fileSystem.syncDirectory(dirname(this.#path));
  }

  /**
   * Whether it has become longer than its snapshot, and than the limit (J4); or half as long as can be
   * read again (L4).
   */
  get isOutgrown(): boolean {
    const { longest = LONGEST_FILE } = this.#options;
    return this.#length > Math.min(this.#limit, longest / 2);
  }

  /** Encodes a record of the queues that get another offset; it is valid until the next line. */
  encode(index: QueueIndex, { slots, offsets }: ColumnChanges): Uint8Array {
    return this.#lines.record(index, slots, offsets);
  }

  /** Appends a record, and makes it durable. */
  append(record: Uint8Array): Promise<void> {
    return this.#write(record);
  }

  /**
   * The same without a promise, on the real file system, while its calls are fast and there is room.
   *
   * @returns Whether it is done; otherwise `append` must be called.
   */
  appendNow(record: Uint8Array): boolean {
    const { durability, longest = LONGEST_FILE } = this.#options;
    const end = this.#length + record.length;
    if (this.#blocking?.mayAppend(durability) !== true) return false;
    if (end > Math.min(this.#roomEnd, longest)) return false;
    // `append` writes all of it again, if only a part is accepted.
    if (this.#blocking.write(record, this.#length) < record.length) return false;
    this.#length = end;
    if (durability === "full") this.#blocking.syncData();
    return true;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const end = this.#length + bytes.length;
    const { longest = LONGEST_FILE } = this.#options;
    if (end > longest) throw new TableTooLongError(end, longest);
    const needsRoom = end > this.#roomEnd;
    if (needsRoom) await this.#checkLength();
    await writeAll(this.#file, bytes, this.#length);
    this.#length = end;
    if (needsRoom) await this.#makeRoom();
    if (this.#options.durability === "full") await this.#file.syncData();
  }

  /** A program that rotates logs may cut a file in place: its inode stays, and its records are gone. */
  async #checkLength(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size >= Math.max(this.#length, this.#roomEnd)) return;
    throw new Error("somebody else has cut the journal while this store wrote it");
  }

  async #makeRoom(): Promise<void> {
    const room = Math.min(this.#options.limit, ROOM);
    if (room === 0) return;
    try {
      await this.#file.reserve(this.#length, room);
      this.#roomEnd = (await this.#file.stat()).size;
    } catch {
      // Without room for many records there may be room for the next one, and for a snapshot.
      await this.#file.truncate(this.#length).catch(() => {});
    }
  }

  /** Gives the room for records back (J5): on a full disk a snapshot needs it. */
  async giveRoomBack(): Promise<void> {
    if (this.#roomEnd <= this.#length) return;
    this.#roomEnd = 0;
    await this.#file.truncate(this.#length);
  }

  /** Closes the file; all records were synced before, so an error does not matter. */
  async close(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}
