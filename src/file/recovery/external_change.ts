import { mergeInSlices } from "../../core/rules/merge_max.ts";
import type { ConflictChoice } from "../../core/rules/resolve_conflict.ts";
import { equalsInSlices, type OffsetTable } from "../../core/table/offset_table.ts";
import { isUnreadable } from "../errors/error_code.ts";
import { OffsetConflictError } from "../errors/offset_conflict_error.ts";
import { OffsetFileCorruptError } from "../errors/offset_file_corrupt_error.ts";
import { OffsetResolveError } from "../errors/offset_resolve_error.ts";
import { inTurns } from "../fs/cooperative_yield.ts";
import { type FileInfo, tickOf } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import type { OnConflict } from "../options.ts";
import type { Choice, StoreFiles } from "./choose_source.ts";
import { readAgainIfVanished, readStoreFiles, recoverFrom } from "./recover.ts";
import type { RelatedJournal } from "./replay.ts";

/** The files as they are now, and the table that they hold. */
export interface ExternalChange {
  readonly files: StoreFiles;
  readonly outcome: Choice["outcome"];
  readonly source: Choice["source"];
  readonly journal: RelatedJournal | undefined;
  readonly table: OffsetTable;
  /**
   * The origin of that table.
   *
   * - `known`: the last one that this store acknowledged or read.
   * - `ours`: one of this store's commits that had failed at a late step.
   * - `foreign`: somebody else's.
   */
  readonly author: "known" | "ours" | "foreign";
}

/** What to do about a table of somebody else's: what the store was opened with, or a choice. */
export type Policy = OnConflict | ConflictChoice;

interface ChangeOptions {
  readonly onConflict: Policy;
  readonly durability: "full" | "relaxed";
}

/**
 * Reads the files that somebody else has changed (clauses P9, C4), and makes them durable.
 *
 * @param main The main file.
 * @param expected The tables that the files may hold without anybody else's doing; the first is the
 *   last one that was acknowledged or read.
 * @throws {OffsetConflictError} If they hold something else, and that is neither merged nor resolved.
 * @throws {OffsetResolveError} If they hold no usable table, and the choice needs one.
 */
export async function readExternalChange(
  fileSystem: FileSystem,
  main: string,
  expected: readonly OffsetTable[],
  options: ChangeOptions,
): Promise<ExternalChange> {
  return await readAgainIfVanished(() => readChange(fileSystem, main, expected, options));
}

async function readChange(
  fileSystem: FileSystem,
  main: string,
  expected: readonly OffsetTable[],
  { onConflict, durability }: ChangeOptions,
): Promise<ExternalChange> {
  const files = await readSettledFiles(fileSystem, main);
  // An unreadable file may become readable again: never overwrite it with a table that lacks its data.
  for (const cause of causesOf(files)) if (isUnreadable(cause)) throw cause;
  let choice: Choice;
  try {
    choice = await recoverFrom(fileSystem, files, durability);
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError)) throw error;
    return await unusable(main, files, expected[0], { onConflict, error });
  }
  const { outcome, source, journal, table } = choice;
  for (const [number, each] of expected.entries()) {
    if (!await inTurns(equalsInSlices(each, table))) continue;
    const author = number === 0 ? "known" : "ours";
    return { files, outcome, source, journal, table, author };
  }
  if (onConflict === "throw") throw conflict(main, files);
  if (onConflict !== "merge" && onConflict !== "mine" && files.main.is === "bad") {
    throw new OffsetResolveError(main, onConflict, files.main.reason, { cause: files.main.cause });
  }
  if (files.main.is === "valid" || onConflict === "theirs") {
    return { files, outcome, source, journal, table, author: "foreign" };
  }
  // The backup is older than the main that somebody removed or tore: it must not lower anything.
  const merged = await inTurns(mergeInSlices(table, expected[0]));
  // No file holds the whole merged table, so the commit must write it, even without other changes.
  return { files, outcome: "recovered", source, journal, table: merged, author: "foreign" };
}

/** No table can be read: the one of this store replaces the files, and they are kept aside. */
async function unusable(
  path: string,
  files: StoreFiles,
  own: OffsetTable,
  { onConflict, error }: { readonly onConflict: Policy; readonly error: OffsetFileCorruptError },
): Promise<ExternalChange> {
  if (onConflict === "throw") throw conflict(path, files, error);
  if (onConflict === "theirs" || onConflict === "max") {
    const [fault] = error.faults;
    throw new OffsetResolveError(path, onConflict, fault.reason, { cause: error });
  }
  const { main } = files;
  // Main is good, so the journal is bad: it may hold acknowledged records of somebody else.
  if (main.is === "valid" && onConflict === "merge") throw error;
  const journal = "info" in files.journal
    ? { file: files.journal, relation: "foreign" } as const
    : undefined;
  const source = main.is === "valid" ? main : undefined;
  const table = main.is === "valid" ? await inTurns(mergeInSlices(main.table, own)) : own;
  return { files, outcome: "recovered", source, journal, table, author: "foreign" };
}

/** How often a file is read again while another process goes on writing it. */
const MOST_READS = 4;

/**
 * Reads the files at a time when their next change is sure to show. A file that changed just now is
 * read again when the clock for files has moved on: after some 20 ms, or two seconds on a coarse
 * clock.
 */
async function readSettledFiles(fileSystem: FileSystem, main: string): Promise<StoreFiles> {
  for (let reads = 1;; reads++) {
    const files = await readStoreFiles(fileSystem, main);
    const young = youngOf(files);
    if (young.length === 0 || reads === MOST_READS) return files;
    const ends = young.map(({ mtimeMs }) => mtimeMs + tickOf(mtimeMs) + 1);
    await fileSystem.pause(Math.max(1, Math.max(...ends) - fileSystem.now()));
  }
}

function youngOf({ main, journal }: StoreFiles): FileInfo[] {
  const infos: FileInfo[] = [];
  if (main.is !== "missing" && main.age === "young" && main.info !== undefined) {
    infos.push(main.info);
  }
  if ("age" in journal && journal.age === "young") infos.push(journal.info);
  return infos;
}

function* causesOf({ main, journal }: StoreFiles): Generator<unknown> {
  if (main.is === "bad") yield main.cause;
  if (journal.is === "unreadable") yield journal.fault.cause;
}

function conflict(path: string, { main }: StoreFiles, cause?: unknown): OffsetConflictError {
  switch (main.is) {
    case "missing":
      return new OffsetConflictError(path, "it was removed", { cause });
    case "bad":
      return new OffsetConflictError(path, `it was changed and is unusable (${main.reason})`, {
        cause: main.cause,
      });
    case "valid":
      return new OffsetConflictError(path, "it was changed", { cause });
  }
}
