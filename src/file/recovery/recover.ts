import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { inTurns } from "../fs/cooperative_yield.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { dirname } from "../fs/path_names.ts";
import { backupOf } from "../paths.ts";
import { type Choice, chooseInSlices, type StoreFiles } from "./choose_source.ts";
import { type JournalFile, readJournalFile } from "./read_journal_file.ts";
import { readSnapshot, type SnapshotFile } from "./read_snapshot.ts";
import { findTemporaryFiles } from "./temporary_files.ts";

/** The files of a store, and the table that a store loads from them. */
export interface Recovery extends Choice {
  readonly files: StoreFiles;
}

/**
 * Loads the table of a store's files (clauses L1–L6). `open` and a read from the store use it.
 *
 * The result is durable when the promise resolves: a consumer must not act on offsets that a power
 * cut takes back.
 *
 * @param path The main file, links followed.
 * @param durability `"full"` syncs the files, `"relaxed"` does not.
 * @throws {OffsetFileCorruptError} If files exist and none is usable.
 * @throws {OffsetLoadError} If a file could not be examined.
 */
export async function recover(
  fileSystem: FileSystem,
  path: string,
  durability: "full" | "relaxed",
): Promise<Recovery> {
  return await readAgainIfVanished(async () => {
    const files = await readStoreFiles(fileSystem, path);
    return { files, ...await recoverFrom(fileSystem, files, durability) };
  });
}

/** More changes within one load are an error: no client writes so often. */
const MOST_READS = 5;

/**
 * Reads again if a file vanished before it was synced: a compaction may have removed the journal.
 */
export async function readAgainIfVanished<T>(read: () => Promise<T>): Promise<T> {
  for (let reads = 1;; reads++) {
    try {
      return await read();
    } catch (error) {
      const hasVanished = error instanceof OffsetLoadError && error.code === "ENOENT";
      if (!hasVanished || reads === MOST_READS) throw error;
    }
  }
}

/** Chooses among files that were read, and makes the choice durable; see `recover`. */
export async function recoverFrom(
  fileSystem: FileSystem,
  files: StoreFiles,
  durability: "full" | "relaxed",
): Promise<Choice> {
  const choice = await inTurns(chooseInSlices(files, durability));
  if (durability === "full") await makeDurable(fileSystem, choice);
  return choice;
}

/**
 * Reads the files that the choice needs. The journal comes first: if it is compacted in between, main
 * holds its records.
 *
 * @throws {OffsetLoadError} If a file could not be examined.
 */
export async function readStoreFiles(fileSystem: FileSystem, path: string): Promise<StoreFiles> {
  const journal = await readJournalFile(fileSystem, path);
  const main = await readSnapshot(fileSystem, path);
  if (main.is === "valid") return onlyMain(main, journal);
  const files = await readAll(fileSystem, main, journal);
  // Go removes main and then renames; it may have done both since main was found missing.
  if (main.is === "missing" && (await readSnapshot(fileSystem, path)).is !== "missing") {
    return await readStoreFiles(fileSystem, path);
  }
  return files;
}

function onlyMain(main: SnapshotFile, journal: JournalFile): StoreFiles {
  const backup = { is: "missing", path: backupOf(main.path) } as const;
  return { main, journal, backup, pendingBackups: [], temporaries: [] };
}

/** Reads the other files. Only a missing main may be replaced by a temporary file; see `chooseSource`. */
async function readAll(
  fileSystem: FileSystem,
  main: SnapshotFile,
  journal: JournalFile,
): Promise<StoreFiles> {
  const { pendingBackups, temporaries } = await findTemporaryFiles(fileSystem, main.path);
  const read = (paths: readonly string[]) =>
    Array.fromAsync(paths, (path) => readSnapshot(fileSystem, path));
  return {
    main,
    journal,
    backup: await readSnapshot(fileSystem, backupOf(main.path)),
    pendingBackups: await read(pendingBackups),
    temporaries: main.is === "missing" ? await read(temporaries) : [],
  };
}

/** Syncs the files that the table is from, and their directory. */
async function makeDurable(
  fileSystem: FileSystem,
  { source, records, journal }: Choice,
): Promise<void> {
  if (source === undefined) return;
  const sync = async (path: string, call: (path: string) => Promise<void>) => {
    try {
      await call(path);
    } catch (error) {
      throw new OffsetLoadError(path, error);
    }
  };
  if (journal !== undefined && records > 0) {
    await sync(journal.file.path, (path) => fileSystem.syncFile(path));
  }
  await sync(source.path, (path) => fileSystem.syncFile(path));
  await sync(dirname(source.path), (path) => fileSystem.syncDirectory(path));
}
