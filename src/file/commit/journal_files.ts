import {
  type FilesState,
  identitiesOf,
  isOwn,
  type Journal,
  type Main,
} from "../../core/files_state.ts";
import type { Generation } from "../../core/format/generation.ts";
import type { SnapshotId } from "../../core/format/journal_header.ts";
import { quote } from "../../core/table/message_queue.ts";
import { errorCode } from "../errors/error_code.ts";
import { type FileInfo, isSameFile, isSameInode } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { pacedCrc32 } from "../fs/paced_crc32.ts";
import { journalOf } from "../paths.ts";
import type { StoreFiles } from "../recovery/choose_source.ts";
import { hasSameRecords } from "../recovery/read_journal_file.ts";
import { ChangedMeanwhileError } from "./changed_meanwhile_error.ts";
import { type ExtendedSnapshot, type JournalOptions, JournalWriter } from "./journal_writer.ts";

/**
 * What belongs to the identities in the state of the files: the open journals, the names of main's
 * bytes for a journal, and the content of a journal that was read.
 */
export class JournalFiles {
  readonly #fileSystem: FileSystem;
  readonly #main: string;
  readonly #options: JournalOptions;
  readonly #writers = new Map<FileInfo, JournalWriter>();
  /** The journals that this store began; they have grown since. */
  readonly #created = new WeakSet<FileInfo>();
  readonly #ids = new WeakMap<FileInfo, SnapshotId>();
  readonly #contents = new WeakMap<FileInfo, Uint8Array>();

  constructor(fileSystem: FileSystem, main: string, options: JournalOptions) {
    this.#fileSystem = fileSystem;
    this.#main = main;
    this.#options = options;
  }

  /** Remembers the files that a recovery has read. */
  remember({ main, journal }: StoreFiles): void {
    if (main.is === "valid") this.#ids.set(main.info, main.id);
    if ("bytes" in journal) this.rememberContent(journal);
  }

  /** Remembers the content of a journal that was read. */
  rememberContent({ info, bytes }: { readonly info: FileInfo; readonly bytes: Uint8Array }): void {
    this.#contents.set(info, bytes);
  }

  /** Remembers a main that this store wrote, if a journal may extend it. */
  async rememberMain({ main, journaling }: FilesState<FileInfo>, bytes: Uint8Array): Promise<void> {
    if (journaling === "off" || main.is !== "valid") return;
    for (const identity of main.identities) {
      if (this.#ids.has(identity)) continue;
      this.#ids.set(identity, { length: bytes.length, crc32: await pacedCrc32(bytes) });
    }
  }

  /** The writer of a journal that this store began. */
  writerOf(journal: Journal<FileInfo>): JournalWriter {
    const writer = isOwn(journal) ? this.#writers.get(journal.identity) : undefined;
    if (writer === undefined) throw new Error(`a journal that is "${journal.is}" takes no records`);
    return writer;
  }

  /** Creates a journal, still without its first line. */
  async create(): Promise<JournalWriter> {
    const writer = await JournalWriter.create(this.#fileSystem, this.#main, this.#options)
      .catch((error) => this.#explain(error));
    this.#writers.set(writer.info, writer);
    this.#created.add(writer.info);
    return writer;
  }

  /** Nothing was seen at the journal's place, though a file cannot be created there. */
  async #explain(error: unknown): Promise<never> {
    const path = journalOf(this.#main);
    if (errorCode(error) !== "EEXIST") throw error;
    // Somebody else has begun a journal since the look.
    if (await this.#fileSystem.stat(path) !== undefined) throw new ChangedMeanwhileError();
    const target = await this.#fileSystem.readLink(path).catch(() => undefined);
    if (target === undefined) throw error;
    throw new Error(
      `${quote(path)} is a symbolic link to ${quote(target)}, which is not there; remove the link`,
      { cause: error },
    );
  }

  /**
   * Describes a main that a journal can extend, for its first line.
   *
   * @throws {ChangedMeanwhileError} If no identity is certain: each time that main was read, somebody
   *   else had changed it just before.
   */
  extended(main: Main<FileInfo>, generation: Generation): ExtendedSnapshot {
    const [like] = identitiesOf(main);
    if (like === undefined) throw new ChangedMeanwhileError();
    const id = this.#ids.get(like);
    if (id === undefined) throw new Error(`no journal can extend a main that is "${main.is}"`);
    return { generation, id, like };
  }

  /**
   * The state of a journal that was read, if it may be one that this store began.
   *
   * A journal of this store is never foreign to it: memory holds its records.
   */
  adopt(
    own: Journal<FileInfo>,
    read: Journal<FileInfo>,
    { journal: file }: StoreFiles,
  ): Journal<FileInfo> {
    const isOwnFile = isOwn(own) && "info" in file && isSameInode(file.info, own.identity);
    return isOwnFile && read.is !== "leftover" ? { ...own, is: "dead" } : read;
  }

  /**
   * Describes the journal if main holds all that it says; the writers are closed.
   *
   * Somebody else may have appended to a journal that was found since it was read. Its times may be
   * too coarse to show that, so its content is compared.
   */
  async toRemove(journal: Journal<FileInfo>): Promise<FileInfo | "gone" | "changed"> {
    await this.closeAll();
    const path = journalOf(this.#main);
    const seen = await this.#fileSystem.stat(path);
    if (seen === undefined) return "gone";
    if (journal.is === "leftover") {
      const isSame = this.#created.has(journal.identity) ? isSameInode : isSameFile;
      return isSame(seen, journal.identity) ? seen : "changed";
    }
    if (journal.is !== "foreign") return "changed";
    const { bytes, info } = await this.#fileSystem.readFile(path);
    const isUnchanged = journal.identities.some((identity) =>
      isSameInode(info, identity) && hasSameRecords(bytes, this.#contents.get(identity) ?? NOTHING)
    );
    return isUnchanged ? info : "changed";
  }

  /** Gives the room for records back (J5): on a full disk a snapshot needs it. */
  async giveRoomBack(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.giveRoomBack();
  }

  /** Closes all journals: none takes a record any more. */
  async closeAll(): Promise<void> {
    const writers = [...this.#writers.values()];
    this.#writers.clear();
    for (const writer of writers) await writer.close();
  }
}

const NOTHING = new Uint8Array();
