import { type FileInfo, nodeFileSystem, OffsetLoadError } from "../../mod.ts";
import {
  type JournalInspection,
  readJournalFile,
  replay,
} from "../../src/file/recovery/read_journal.ts";
import { journalOf } from "../../src/file/paths.ts";
import type { Inspection } from "./inspect_file.ts";
import { resolveMain } from "./resolve_main.ts";
import { describeSystemError } from "./system_error.ts";

/** The journal beside a main file, and what became of its records. */
export interface AppliedJournal {
  readonly path: string;
  readonly info: FileInfo;
  /** How many records are in the table. */
  readonly records: number;
  /** Whether it holds what nothing else does: then it is kept, and not removed. */
  readonly isForeign: boolean;
  /** What is to be said of it. */
  readonly reason: string | undefined;
}

/** Reads the journal of a main file; nothing is thrown. */
export async function findJournal(main: string): Promise<JournalInspection> {
  const real = await resolveMain(main);
  try {
    return await readJournalFile(nodeFileSystem, real);
  } catch (error) {
    if (!(error instanceof OffsetLoadError)) throw error;
    const fault = { path: journalOf(real), reason: describeSystemError(error), cause: error };
    return { state: "bad", info: undefined, fault };
  }
}

/** What main and its journal hold together, as a store loads it; without its journal, no main is. */
export function applyJournal(main: Inspection, journal: JournalInspection): Inspection {
  if (main.state !== "valid" || journal.state === "missing") return main;
  const { path, info } = main;
  if (journal.state === "bad") {
    return {
      state: "bad",
      path,
      info,
      reason: `its journal cannot be read: ${journal.fault.reason}`,
    };
  }
  const { table, records, isForeign, fault } = replay(journal, main);
  const applied = { path: journal.path, info: journal.info, records, isForeign };
  return { ...main, table, journal: { ...applied, reason: fault?.reason } };
}

/** Whether a journal extends just this file. */
export function extendsFile(journal: JournalInspection, file: Inspection): boolean {
  if (journal.state !== "readable" || file.state !== "valid") return false;
  const { snapshot } = journal.content;
  return snapshot?.length === file.id.length && snapshot.crc32 === file.id.crc32;
}

/** A journal beside a file that it does not extend. */
export function lonely(journal: JournalInspection): AppliedJournal | undefined {
  if (journal.state === "missing" || journal.info === undefined) return undefined;
  const path = journal.state === "bad" ? journal.fault.path : journal.path;
  return { path, info: journal.info, records: 0, isForeign: true, reason: undefined };
}
