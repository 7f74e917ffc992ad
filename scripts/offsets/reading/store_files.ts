import { basename } from "node:path";
import { nodeFileSystem } from "../../../mod.ts";
import { backupOf } from "../../../src/file/paths.ts";
import type { JournalFile } from "../../../src/file/recovery/read_journal_file.ts";
import { findTemporaryFiles } from "../../../src/file/recovery/temporary_files.ts";
import { applyJournal, extendsFile, findJournal } from "./apply_journal.ts";
import { inspectAlone, type Inspection, modifiedOf, type ValidInspection } from "./inspect_file.ts";
import { resolveMain } from "./resolve_main.ts";

/** A store's files: the main one, its backup, and what interrupted writes left over. */
export interface StoreFiles {
  readonly main: Inspection;
  /** The journal, applied to whichever file it extends. */
  readonly journal: JournalFile;
  readonly backup: Inspection;
  readonly leftovers: readonly Inspection[];
}

async function findLeftovers(main: string): Promise<string[]> {
  const { pendingBackups, temporaries } = await findTemporaryFiles(nodeFileSystem, main);
  return [...pendingBackups, ...temporaries];
}

/** Inspects all the files of the store whose main file has this path. */
export async function inspectStore(path: string): Promise<StoreFiles> {
  const real = await resolveMain(path);
  const journal = await findJournal(real);
  const [main, backup, names] = await Promise.all([
    inspectAlone(path),
    inspectAlone(backupOf(real)),
    // Without the right to list the directory, main and backup can still be read by name.
    findLeftovers(real).catch(() => []),
  ]);
  const leftovers: Inspection[] = [];
  // One after the other: a store that is killed over and over leaves many.
  for (const name of names) leftovers.push(await inspectAlone(name));
  const extended = (file: Inspection) =>
    extendsFile(journal, file) ? applyJournal(file, journal) : file;
  return {
    main: applyJournal(main, journal),
    journal,
    backup: extended(backup),
    leftovers: leftovers.filter(({ state }) => state !== "missing").map(extended),
  };
}

/**
 * Go's client truncates its backup (rocketmq-client-go issue 572): that is no new fault. Beside a
 * main that this module wrote, it is one.
 */
export function isEmptyOfGo(backup: Inspection, main: Inspection): boolean {
  if (main.state === "valid" && main.checksum === "right") return false;
  // A device has no size either.
  return backup.state === "bad" && backup.info?.kind === "file" && backup.info.size === 0 &&
    basename(backup.path) === "offset.json.bak";
}

/**
 * The files that a table could be recovered from, newest first.
 *
 * More than the store would take by itself: beside a bad main it does not look at leftovers, since
 * their write was never acknowledged. Here a person looks first, and the newest offsets are mostly
 * what is wanted; a leftover that parses is complete, since every proper prefix is refused.
 */
export function recoveryCandidates(files: StoreFiles): ValidInspection[] {
  const valid = [files.backup, ...files.leftovers].filter((file) => file.state === "valid");
  return valid.sort((a, b) => modifiedOf(b) - modifiedOf(a));
}
