import type { OffsetTable } from "../../core/table/offset_table.ts";
import { isUnreadable } from "../errors/error_code.ts";
import type { FileInfo, FileSystem } from "../fs/file_system.ts";
import { type Inspection, readSnapshot } from "./read_snapshot.ts";
import { readJournalFile } from "./read_journal.ts";
import { extend, type FoundJournal, foundJournal, makeDurable } from "./recover.ts";
import { OffsetConflictError } from "../errors/offset_conflict_error.ts";
import type { OnConflict } from "../options.ts";

/** What somebody else has made of main and its journal. */
export interface Foreign {
  readonly main: Inspection;
  readonly journal: FoundJournal | undefined;
  /** What they hold; `undefined` if main is not usable. */
  readonly table: OffsetTable | undefined;
  /** Whether that is what they held before. */
  readonly isSame: boolean;
}

/**
 * Looks at what somebody else has made of main (clause P9), and makes it durable.
 *
 * @param seen Main as it was seen when it was found to be changed.
 * @param durable What it held before.
 * @throws {OffsetConflictError} If that is different, and is not to be merged.
 */
export async function readExternalChange(
  fileSystem: FileSystem,
  path: string,
  seen: FileInfo | undefined,
  durable: OffsetTable,
  { onConflict, sync }: { readonly onConflict: OnConflict; readonly sync: boolean },
): Promise<Foreign> {
  const journal = await readJournalFile(fileSystem, path);
  const main = await readSnapshot(fileSystem, path);
  const extended = main.state === "valid" ? extend(path, main, journal, []) : undefined;
  const isSame = extended?.table.equals(durable) ?? false;
  if (!isSame && onConflict === "throw") throw conflict(path, main);
  // What cannot be read now, perhaps the next time, must not be replaced by what lacks it.
  for (const cause of [main.cause, journal.fault?.cause]) if (isUnreadable(cause)) throw cause;
  if (main.state === "missing" && seen !== undefined) throw new Error("it vanished meanwhile");
  if (extended !== undefined && sync) await makeDurable(fileSystem, path, extended);
  // Beside a main that is not usable, whatever the journal holds is nowhere else.
  const lonely = journal.info && foundJournal(journal, true);
  return { main, journal: extended?.journal ?? lonely, table: extended?.table, isSame };
}

function conflict(path: string, main: Inspection): OffsetConflictError {
  switch (main.state) {
    case "missing":
      return new OffsetConflictError(path, "it was removed");
    case "bad":
      return new OffsetConflictError(path, `it was changed and is unusable (${main.reason})`, {
        cause: main.cause,
      });
    case "valid":
      return new OffsetConflictError(path, "it was changed");
  }
}
