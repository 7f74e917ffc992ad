import {
  type FileInfo,
  nodeFileSystem,
  OffsetFileCorruptError,
  OffsetLoadError,
} from "../../../mod.ts";
import type { Generation } from "../../../src/core/format/generation.ts";
import { type JournalFile, readJournalFile } from "../../../src/file/recovery/read_journal_file.ts";
import type { ValidFile } from "../../../src/file/recovery/read_snapshot.ts";
import { type JournalRelation, relationOf, replay } from "../../../src/file/recovery/replay.ts";
import { journalOf } from "../../../src/file/paths.ts";
import type { Inspection, ValidInspection } from "./inspect_file.ts";
import { resolveMain } from "./resolve_main.ts";
import { describeSystemError } from "../output/system_error.ts";

/** The journal beside a main file, and what became of its records. */
export interface AppliedJournal {
  readonly path: string;
  readonly info: FileInfo;
  readonly bytes: Uint8Array;
  /** How many records are in the table. */
  readonly records: number;
  /** What it is to the file; a foreign one holds records that nothing else holds, and is kept. */
  readonly relation: JournalRelation;
  readonly generation: Generation | undefined;
  /** The fault, in words. */
  readonly reason: string | undefined;
}

/** Reads the journal of a main file; nothing is thrown. */
export async function findJournal(main: string): Promise<JournalFile> {
  const real = await resolveMain(main);
  try {
    return await readJournalFile(nodeFileSystem, real);
  } catch (error) {
    if (!(error instanceof OffsetLoadError)) throw error;
    const path = journalOf(real);
    const fault = { path, reason: describeSystemError(error), cause: error };
    return { is: "unreadable", path, fault };
  }
}

/** What main and its journal hold together, as a store loads it; without its journal, no main is. */
export function applyJournal(main: Inspection, journal: JournalFile): Inspection {
  if (main.state !== "valid" || journal.is === "missing") return main;
  const { path, info } = main;
  try {
    const { table, records, journal: related, faults } = replay(
      path,
      snapshotOf(main),
      journal,
      "full",
    );
    if (related === undefined) return main;
    const { file, relation } = related;
    const applied: AppliedJournal = {
      path: file.path,
      info: file.info,
      bytes: file.bytes,
      records,
      relation,
      generation: file.is === "readable" ? file.content.header?.generation : undefined,
      reason: faults.at(0)?.reason,
    };
    return { ...main, table, journal: applied };
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError)) throw error;
    const [{ reason }] = error.faults;
    // A journal that could not be examined is refused by a store, too (L5).
    const isUnexamined = journal.is === "unreadable" &&
      journal.fault.cause instanceof OffsetLoadError;
    return {
      state: "bad",
      path,
      info,
      reason: `its journal cannot be read: ${reason}`,
      ...(isUnexamined ? { unexamined: true } : {}),
    };
  }
}

/** A file as the store's recovery describes it; a person looks at it, so its age does not matter. */
function snapshotOf(
  { path, info, table, generation, checksum, id }: ValidInspection,
): ValidFile {
  return {
    is: "valid",
    path,
    info,
    age: "settled",
    bytes: new Uint8Array(),
    table,
    generation,
    checksum: checksum === "right" ? "verified" : "none",
    id,
  };
}

/** Whether a journal extends just this file. */
export function extendsFile(journal: JournalFile, file: Inspection): boolean {
  if (journal.is !== "readable" || file.state !== "valid") return false;
  return relationOf(journal.content, snapshotOf(file)) === "records";
}

/** A journal beside a file that it does not extend. */
export function lonely(journal: JournalFile): AppliedJournal | undefined {
  if (journal.is === "missing" || journal.is === "unreadable") return undefined;
  const { path, info, bytes } = journal;
  return {
    path,
    info,
    bytes,
    records: 0,
    relation: "foreign",
    generation: undefined,
    reason: undefined,
  };
}
