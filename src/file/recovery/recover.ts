import { dirname } from "node:path";
import type { SnapshotId } from "../../core/format/read_journal.ts";
import { OffsetFileChecksumError } from "../../core/format/offset_file_checksum_error.ts";
import { OffsetTable } from "../../core/table/offset_table.ts";
import type { FileInfo, FileSystem } from "../fs/file_system.ts";
import { type Inspection, readSnapshot, type ValidFile } from "./read_snapshot.ts";
import {
  type JournalInspection,
  type ReadableJournal,
  readJournalFile,
  replay,
  type SeenJournal,
} from "./read_journal.ts";
import { backupOf, journalOf } from "../paths.ts";
import { findLeftovers } from "./temporary_files.ts";
import { type FileFault, OffsetFileCorruptError } from "../errors/offset_file_corrupt_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";

/** What a load found. */
export interface LoadedFiles {
  readonly kind: "fresh" | "loaded" | "recovered";
  readonly table: OffsetTable;
  /** The file that the table is from; `undefined` if there was none. */
  readonly source: string | undefined;
  /** What is wrong with the files that were passed over. */
  readonly faults: readonly FileFault[];
  /** The main file. */
  readonly main: Inspection;
  /** How many records of the journal are in the table. */
  readonly journalRecords: number;
  /** The journal, if there is one; after the next snapshot it is of no more use. */
  readonly journal: FoundJournal | undefined;
}

/** A journal that was found by a load. */
export interface FoundJournal extends SeenJournal {
  /** Whether it holds what nothing else does, and is to be kept aside. */
  readonly isForeign: boolean;
  /** The file that it extends: `"none"` if its first line was not written, `undefined` if unknown. */
  readonly extends: SnapshotId | "none" | undefined;
}

/** What is kept in mind of a journal that was read. */
export function foundJournal(
  { info, isFresh, content }: SeenJournal & Partial<Pick<ReadableJournal, "content">>,
  isForeign: boolean,
): FoundJournal {
  return { info, isFresh, isForeign, extends: content && (content.snapshot ?? "none") };
}

/**
 * Loads the newest generation that can be had (clauses L1, L2, L4, L6).
 *
 * - A valid main is it.
 * - If main is bad, the backup is the generation before it.
 * - If only main's checksum is wrong, no crash did that: somebody edited it, or a bit has flipped.
 *   Falling back would lose the edit, going on could lose messages; a person has to decide.
 * - If main is missing, so is perhaps only the end of a rename that was not atomic (Go removes main
 *   before it renames): the newest valid of complete temporary files and the backup.
 * - If there is nothing, or nothing but unfinished temporary files, no write ever succeeded.
 * - Over whichever it is go the records of a journal, if it extends just that file; see `replay`.
 *
 * What is returned has been made durable: nobody may act on offsets that a power cut takes back.
 *
 * @param sync Whether to do so; only `durability: "relaxed"` does not.
 * @throws {OffsetFileCorruptError} If files are there and none is usable.
 * @throws {OffsetLoadError} If one could not be examined.
 */
export async function recover(
  fileSystem: FileSystem,
  path: string,
  sync: boolean,
): Promise<LoadedFiles> {
  const journal = await readJournalFile(fileSystem, path);
  const main = await readSnapshot(fileSystem, path);
  if (main.state === "valid") {
    const extended = extend(path, main, journal, []);
    if (sync) await makeDurable(fileSystem, path, extended);
    return { kind: "loaded", main, ...extended };
  }
  const temporaries = main.state === "missing" ? await findLeftovers(fileSystem, path) : [];
  const others = await Array.fromAsync(
    [...temporaries, backupOf(path)],
    (other) => readSnapshot(fileSystem, other),
  );
  // Go removes main before it renames; it may have done both since main was found to be missing.
  if (main.state === "missing" && (await readSnapshot(fileSystem, path)).state !== "missing") {
    return await recover(fileSystem, path, sync);
  }
  const source = newest(others);
  const faults = faultsOf([main, ...others], source !== undefined);
  if (main.cause instanceof OffsetFileChecksumError) {
    const candidates = source === undefined ? [path] : [path, source.path];
    throw new OffsetFileCorruptError(path, faults, candidates);
  }
  if (source !== undefined) {
    const extended = extend(path, source, journal, faults);
    if (sync) await makeDurable(fileSystem, path, extended);
    return { kind: "recovered", main, ...extended };
  }
  const unfinished = (file: FileFault) => temporaries.includes(file.path);
  const lost = lostJournal(journal);
  if (lost !== undefined || !faults.every(unfinished)) {
    throw new OffsetFileCorruptError(path, lost === undefined ? faults : [...faults, lost]);
  }
  const found = journal.state === "readable" ? foundJournal(journal, false) : undefined;
  // Not `OffsetTable.empty`: the store adds its queues to the table's index, which would be everybody's.
  const table = OffsetTable.from([]);
  return {
    kind: "fresh",
    table,
    source: undefined,
    faults,
    main,
    journalRecords: 0,
    journal: found,
  };
}

/** What a file and the journal that extends it hold. */
export type ExtendedFile =
  & Pick<LoadedFiles, "table" | "faults" | "journalRecords" | "journal">
  & { readonly source: string };

/**
 * Adds what the journal holds to a file.
 *
 * @throws {OffsetFileCorruptError} If the journal cannot be read: what was acknowledged may be in
 *   there, and to go on without it would be a silent reset.
 */
export function extend(
  path: string,
  source: ValidFile,
  journal: JournalInspection,
  faults: readonly FileFault[],
): ExtendedFile {
  if (journal.state === "bad") {
    throw new OffsetFileCorruptError(path, [...faults, journal.fault], [source.path]);
  }
  if (journal.state === "missing") {
    const { table } = source;
    return { table, source: source.path, faults, journalRecords: 0, journal: undefined };
  }
  const { table, records, isForeign, fault } = replay(journal, source);
  return {
    table,
    source: source.path,
    faults: fault === undefined ? faults : [...faults, fault],
    journalRecords: records,
    journal: foundJournal(journal, isForeign),
  };
}

/** A journal without the snapshot that it extends; one that never had a record says nothing. */
function lostJournal(journal: JournalInspection): FileFault | undefined {
  if (journal.state === "bad") return journal.fault;
  if (journal.state === "missing" || journal.content.records === 0) return undefined;
  return { path: journal.path, reason: "it extends a file that is not there" };
}

/** The newest valid file; of equals the first, since a temporary file is newer than the backup. */
function newest(files: readonly Inspection[]): ValidFile | undefined {
  let best: ValidFile | undefined;
  for (const file of files) {
    if (file.state !== "valid") continue;
    if (best === undefined || file.info.mtimeMs > best.info.mtimeMs) best = file;
  }
  return best;
}

/** That main is missing is a fault only if something else is there. */
function faultsOf(files: readonly Inspection[], recovered: boolean): FileFault[] {
  return files.flatMap((file, index) => {
    if (file.state === "bad") return [{ path: file.path, reason: file.reason, cause: file.cause }];
    // The first is main, which is not valid, or nothing would have been recovered.
    return index === 0 && recovered ? [{ path: file.path, reason: "it is missing" }] : [];
  });
}

/** Makes what was read, and the names of the files, durable. */
export async function makeDurable(
  fileSystem: FileSystem,
  path: string,
  { source, journalRecords }: ExtendedFile,
): Promise<void> {
  if (journalRecords > 0) await syncFile(fileSystem, journalOf(path));
  await syncFile(fileSystem, source);
  try {
    await fileSystem.syncDirectory(dirname(source));
  } catch (error) {
    throw new OffsetLoadError(source, error);
  }
}

async function syncFile(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.syncFile(path);
  } catch (error) {
    throw new OffsetLoadError(path, error);
  }
}

/** Who main is, for the comparison before it is overwritten (clause P9). */
export function identityOf(main: Inspection): FileInfo | undefined {
  return main.info;
}

/**
 * The files that main may be without anybody else having touched it: that one, or none that can be
 * told from another, if it was only just written.
 */
export function knownOf(main: Inspection): (FileInfo | undefined)[] {
  return main.isFresh ? [] : [identityOf(main)];
}

/** By which a journal may extend it. */
export function idOf(main: Inspection): SnapshotId | undefined {
  return main.id;
}
