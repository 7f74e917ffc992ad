import { nodeFileSystem, type OffsetTable } from "../../../mod.ts";
import { isSameFile } from "../../../src/file/fs/file_info.ts";
import type { BadJournal, ReadableJournal } from "../../../src/file/recovery/read_journal_file.ts";
import { readSnapshot, type ValidFile } from "../../../src/file/recovery/read_snapshot.ts";
import { replay } from "../../../src/file/recovery/replay.ts";
import { findJournal } from "./apply_journal.ts";
import { CommandError } from "../command_line/command_error.ts";
import { pathOperand } from "../command_line/hint.ts";
import { escape, quote } from "../../lib/escape.ts";
import type { Io } from "../../lib/io.ts";
import { describeSystemError } from "../output/system_error.ts";
import { resolveMain } from "./resolve_main.ts";

/** A main file and the journal beside it, as they belong together. */
export interface Pair {
  readonly main: ValidFile;
  readonly journal: ReadableJournal | BadJournal | undefined;
  /** What a store loads from both. */
  readonly table: OffsetTable;
  /** How many records of the journal are in it. */
  readonly records: number;
  /** How often the files were read. */
  readonly attempts: number;
}

/** A consumer that persists every message replaces a file less often than this can read it. */
const MOST_ATTEMPTS = 20;
const PAUSE_MS = 20;

/**
 * Reads main and its journal while a consumer may write them.
 *
 * The journal comes first: if it is folded in between, main holds its records. If main is another one
 * than before the journal was read, or the journal does not belong to it, both are read again.
 */
export async function readPair(path: string, io: Io): Promise<Pair> {
  const real = await resolveMain(path);
  for (let attempts = 1;; attempts++) {
    const result = await readOnce(path, real);
    if (typeof result !== "string") return { ...result, attempts };
    if (attempts === MOST_ATTEMPTS) throw refusal(path, result);
    if (attempts === 2) io.err(escape(`Reading ${path} again: ${result}`) + "\n");
    await nodeFileSystem.pause(PAUSE_MS);
  }
}

/** Answers why it must be done again, in words. */
async function readOnce(path: string, real: string): Promise<Omit<Pair, "attempts"> | string> {
  try {
    const before = await nodeFileSystem.stat(real);
    const journal = await findJournal(real);
    if (journal.is === "unreadable") return `its journal cannot be read: ${journal.fault.reason}`;
    const main = await readSnapshot(nodeFileSystem, real);
    if (main.is === "missing") return "there is no such file";
    if (main.is === "bad") return main.reason;
    if (!isSameFile(before, main.info)) return "it was replaced while it was read";
    if (journal.is === "missing") {
      return { main, journal: undefined, table: main.table, records: 0 };
    }
    const { table, records, journal: related, faults } = replay(path, main, journal, "full");
    if (related?.relation === "foreign") return "its journal extends another file";
    // A record that is just being written looks like one that a crash has torn.
    if (faults.length > 0) return `of its journal, ${faults[0].reason}`;
    return { main, journal, table, records };
  } catch (error) {
    return describeSystemError(error);
  }
}

function refusal(path: string, state: string): CommandError {
  return new CommandError(
    `Cannot back up ${quote(path)}: ${state}`,
    {
      text: "Only a pair that a store loads whole is copied; see what is there with:",
      command: ["verify", pathOperand(path)],
    },
    { code: "bad", path },
  );
}
