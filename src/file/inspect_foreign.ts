import type { OffsetTable } from "../core/offset_table.ts";
import { isUnreadable } from "./error_code.ts";
import type { FileInfo, FileSystem } from "./file_system.ts";
import { inspectFile, type Inspection } from "./inspect_file.ts";
import { inspectJournal } from "./inspect_journal.ts";
import { extend, type FoundJournal, foundJournal, makeDurable } from "./load_offset_files.ts";
import { OffsetConflictError } from "./offset_conflict_error.ts";
import type { OnConflict } from "./options.ts";

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
export async function inspectForeign(
  fileSystem: FileSystem,
  path: string,
  seen: FileInfo | undefined,
  durable: OffsetTable,
  { onConflict, sync }: { readonly onConflict: OnConflict; readonly sync: boolean },
): Promise<Foreign> {
  const journal = await inspectJournal(fileSystem, path);
  const main = await inspectFile(fileSystem, path);
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
