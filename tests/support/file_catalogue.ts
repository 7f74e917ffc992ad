/** One file of each kind that a recovery must tell apart, for tests that combine them. */
import type { JournalFile } from "../../src/file/recovery/read_journal_file.ts";
import type { SnapshotFile, ValidFile } from "../../src/file/recovery/read_snapshot.ts";
import { recordOf } from "./journal_lines.ts";
import { badFile, badJournal, editedFile, journalFile, validFile } from "./read_files.ts";
import { queue, tableOf } from "./store_directory.ts";

/** The path of the main file. */
export const MAIN = "offset.json";
/** The path of its journal. */
export const JOURNAL = `${MAIN}.journal`;
const BACKUP = `${MAIN}.bak`;

/** A valid file with a table of its own; hours are its age, so that fewer are newer. */
function valid(path: string, offset: number, hours: number, generation?: number): ValidFile {
  return validFile(path, tableOf(offset), { generation, mtimeMs: 1e12 - 3_600_000 * hours });
}

const missing = (path: string): SnapshotFile => ({ is: "missing", path });

/** Main files by what they are. */
export const MAINS: Record<string, SnapshotFile> = {
  missing: missing(MAIN),
  valid: valid(MAIN, 100, 1),
  "valid, generation 7": valid(MAIN, 101, 1, 7),
  torn: badFile(MAIN),
  empty: badFile(MAIN, { reason: "it is empty" }),
  "edited by hand": editedFile(MAIN),
  "lost by the device": badFile(MAIN, { bytes: undefined, reason: "EIO", cause: new Error("EIO") }),
};

/** Backups. */
export const BACKUPS: Record<string, SnapshotFile> = {
  "no backup": missing(BACKUP),
  "a torn backup": badFile(BACKUP),
  "an edited backup": editedFile(BACKUP),
  "a backup": valid(BACKUP, 200, 5),
  "a backup of generation 6": valid(BACKUP, 201, 5, 6),
};

const PENDING = ["1", "2"].map((n) => `${MAIN}.${n}.bak.tmp`);
/** Pending backups. */
export const PENDINGS: Record<string, SnapshotFile[]> = {
  "no pending backup": [],
  "a torn one": [badFile(PENDING[0])],
  "one": [valid(PENDING[0], 300, 4)],
  "an old one": [valid(PENDING[0], 301, 9)],
  "two, the first newer": [valid(PENDING[0], 302, 3), valid(PENDING[1], 303, 4)],
  "two, the second newer": [valid(PENDING[0], 304, 4), valid(PENDING[1], 305, 3)],
  "a torn one and generation 7": [badFile(PENDING[0]), valid(PENDING[1], 306, 4, 7)],
  "generation 6, and an older 7": [valid(PENDING[0], 307, 2, 6), valid(PENDING[1], 308, 9, 7)],
};

const TEMPORARY = ["3.tmp", "4.tmp", "tmp"].map((end) => `${MAIN}.${end}`);
/** Temporary files, of ours and of Go's client. */
export const TEMPORARIES: Record<string, SnapshotFile[]> = {
  "no temporary file": [],
  "unfinished ones": [badFile(TEMPORARY[0]), badFile(TEMPORARY[2])],
  "one": [valid(TEMPORARY[0], 400, 2)],
  "one as old as the backup": [valid(TEMPORARY[0], 401, 5)],
  "one that is older": [valid(TEMPORARY[0], 402, 8)],
  "an unfinished one, and Go's": [badFile(TEMPORARY[0]), valid(TEMPORARY[2], 403, 2)],
  "two of generation 8": [valid(TEMPORARY[0], 404, 3, 8), valid(TEMPORARY[1], 405, 2, 8)],
  "one that is gone": [missing(TEMPORARY[0])],
};

/** The files that a journal may extend. */
const EXTENDED = [
  MAINS["valid, generation 7"],
  BACKUPS["a backup of generation 6"],
  PENDINGS["a torn one and generation 7"][1],
  TEMPORARIES["two of generation 8"][1],
] as ValidFile[];

const RECORD = recordOf([[queue(9), 1n]]);
const CORRUPT = "x\ny\n";

/** Journals: of each file that has a generation, and of none. */
export const JOURNALS: Record<string, JournalFile> = {
  "no journal": { is: "missing" },
  "a journal that the device lost": {
    is: "unreadable",
    path: JOURNAL,
    fault: { path: JOURNAL, reason: "EIO", cause: new Error("EIO") },
  },
  "a file that is no journal": badJournal(JOURNAL),
  "an empty journal": journalFile(JOURNAL, "none", []),
  "a torn first line": journalFile(JOURNAL, "torn", []),
  "a damaged first line and a record": journalFile(JOURNAL, "torn", [RECORD]),
};
for (const { path, id, table, generation } of EXTENDED) {
  const what = `${path} of ${table.get(queue(0))}`;
  const first = { id, generation: generation! };
  Object.assign(JOURNALS, {
    [`a journal of ${what}`]: journalFile(JOURNAL, first, [RECORD]),
    [`a journal of ${what} without a record`]: journalFile(JOURNAL, first, []),
    [`a damaged journal of ${what}`]: journalFile(JOURNAL, first, [], { rest: CORRUPT }),
    [`a damaged relaxed journal of ${what}`]: journalFile(
      JOURNAL,
      { ...first, durability: "relaxed" },
      [RECORD],
      { rest: CORRUPT },
    ),
  });
}
