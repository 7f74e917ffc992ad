import { OffsetFileChecksumError } from "../../core/format/offset_file_checksum_error.ts";
import { atOnce, type Slices } from "../../core/slices.ts";
import { OffsetTable } from "../../core/table/offset_table.ts";
import { type FileFault, OffsetFileCorruptError } from "../errors/offset_file_corrupt_error.ts";
import type { JournalFile } from "./read_journal_file.ts";
import type { SnapshotFile, ValidFile } from "./read_snapshot.ts";
import { timeOfName } from "../paths.ts";
import { type RelatedJournal, replayInSlices } from "./replay.ts";

/** The files of a store, as they were read. */
export interface StoreFiles {
  readonly main: SnapshotFile;
  readonly journal: JournalFile;
  readonly backup: SnapshotFile;
  /** Second names of an earlier main that were to become the backup. */
  readonly pendingBackups: readonly SnapshotFile[];
  /** New snapshots that interrupted writes left, complete or not. */
  readonly temporaries: readonly SnapshotFile[];
}

/** The table that a store loads, and the file that it is from. */
export interface Choice {
  readonly outcome: "fresh" | "loaded" | "recovered";
  readonly table: OffsetTable;
  /** The file that the table is from; `undefined` if there is none. */
  readonly source: ValidFile | undefined;
  /** How many records of the journal are in the table. */
  readonly records: number;
  readonly journal: RelatedJournal | undefined;
  /** The faults of the files that were not used, or used only in part. */
  readonly faults: readonly FileFault[];
}

/**
 * Chooses the newest usable snapshot (clauses L1, L2, L4).
 *
 * - L2: a valid main is the choice.
 * - L4: if only main's checksum is wrong, no crash did that: somebody edited the file, or a bit
 *   flipped. To fall back would lose the edit, to go on could lose messages: a person decides.
 * - L2: otherwise the best of the other files is the choice; see `bestOf`.
 * - L1: if there are only unfinished temporary files, no write ever succeeded: the store is fresh.
 * - L4: otherwise files exist, and none is usable.
 *
 * The records of the journal follow, if it extends just the chosen file.
 *
 * @throws {OffsetFileCorruptError} If no file is usable, or a person has to decide.
 */
export function chooseSource(files: StoreFiles, durability: "full" | "relaxed"): Choice {
  return atOnce(chooseInSlices(files, durability));
}

/** The same in slices. */
export function* chooseInSlices(
  files: StoreFiles,
  durability: "full" | "relaxed",
): Slices<Choice> {
  const { main, journal } = files;
  if (main.is === "valid") {
    return { outcome: "loaded", ...yield* replayInSlices(main.path, main, journal, durability) };
  }
  const source = bestOf(files);
  const faults = faultsOf(files, source !== undefined);
  if (main.is === "bad" && main.cause instanceof OffsetFileChecksumError) {
    const candidates = source === undefined ? [main.path] : [main.path, source.path];
    throw new OffsetFileCorruptError(main.path, faults, candidates);
  }
  if (source !== undefined) {
    const replayed = yield* replayInSlices(main.path, source, journal, durability);
    return { outcome: "recovered", ...replayed, faults: [...faults, ...replayed.faults] };
  }
  const lost = lostRecords(journal);
  const isRelaxed = durability === "relaxed" || isRelaxedJournal(journal);
  const isUnfinished = ({ path }: FileFault) =>
    files.temporaries.some((temporary) => temporary.path === path);
  if (!faults.every(isUnfinished) || (lost !== undefined && !isRelaxed)) {
    throw new OffsetFileCorruptError(main.path, lost === undefined ? faults : [...faults, lost]);
  }
  return {
    outcome: "fresh",
    // Not `OffsetTable.empty`: a store adds its queues to the index of its table.
    table: OffsetTable.from([]),
    source: undefined,
    records: 0,
    journal: withoutSnapshot(journal, lost),
    faults: lost === undefined ? faults : [...faults, lost],
  };
}

/**
 * The best file except main.
 *
 * If main is missing, a commit was interrupted: the pending backup is the snapshot that was main,
 * and the journal extends it. Otherwise the newer of the two backups counts.
 *
 * A temporary file was never acknowledged. A load shows one only if there is no usable backup and no
 * main: an earlier load may have passed it over and shown the backup, and what a load showed may not
 * change (L6).
 */
function bestOf(
  { main, pendingBackups, temporaries, backup }: StoreFiles,
): ValidFile | undefined {
  const pending = newest(pendingBackups, ({ path }) => timeOfName(path) || 0);
  if (main.is !== "missing") return newest(pending === undefined ? [backup] : [pending, backup]);
  return pending ?? newest([backup]) ?? newest(temporaries);
}

/**
 * The valid file with the greatest generation; among equals the newest, and then the first.
 *
 * @param timeOf When a file became what it is. A pending backup became one when its name was made: a
 *   store sets the time of the file itself back, perhaps behind the time of an earlier main.
 */
function newest(
  files: readonly SnapshotFile[],
  timeOf: (file: ValidFile) => number = ({ info }) => info.mtimeMs,
): ValidFile | undefined {
  const valid = files.filter((file) => file.is === "valid");
  return valid.toSorted((a, b) =>
    (b.generation ?? 0) - (a.generation ?? 0) || timeOf(b) - timeOf(a) ||
    b.info.mtimeMs - a.info.mtimeMs
  ).at(0);
}

/** A missing main is a fault only if another file takes its place. */
function faultsOf(
  { main, pendingBackups, temporaries, backup }: StoreFiles,
  isRecovered: boolean,
): FileFault[] {
  const files = main.is === "missing"
    ? [...pendingBackups, ...temporaries, backup]
    : [main, ...pendingBackups, backup];
  const missing = main.is === "missing" && isRecovered
    ? [{ path: main.path, reason: "it is missing" }]
    : [];
  return [
    ...missing,
    ...files.flatMap((file) =>
      file.is === "bad" ? [{ path: file.path, reason: file.reason, cause: file.cause }] : []
    ),
  ];
}

/** The fault of a journal whose snapshot is missing; a journal without a record is no fault. */
function lostRecords(journal: JournalFile): FileFault | undefined {
  if (journal.is === "missing") return undefined;
  if (journal.is !== "readable") return journal.fault;
  const { records, damage } = journal.content;
  if (records === 0 && damage?.kind !== "corrupt") return undefined;
  return { path: journal.path, reason: "it extends a file that is not there" };
}

function isRelaxedJournal(journal: JournalFile): boolean {
  return journal.is === "readable" && journal.content.header?.durability === "relaxed";
}

function withoutSnapshot(
  journal: JournalFile,
  lost: FileFault | undefined,
): RelatedJournal | undefined {
  if (journal.is === "missing" || journal.is === "unreadable") return undefined;
  return { file: journal, relation: lost === undefined ? "leftover" : "foreign" };
}
