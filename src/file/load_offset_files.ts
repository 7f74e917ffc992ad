import { dirname } from "node:path";
import { OffsetFileChecksumError } from "../core/offset_file_checksum_error.ts";
import { OffsetTable } from "../core/offset_table.ts";
import type { FileInfo, FileSystem } from "./file_system.ts";
import { inspectFile, type Inspection, type ValidFile } from "./inspect_file.ts";
import { backupOf, findLeftovers } from "./leftovers.ts";
import { type FileFault, OffsetFileCorruptError } from "./offset_file_corrupt_error.ts";
import { OffsetLoadError } from "./offset_load_error.ts";

/** What a load found. */
export interface LoadedFiles {
  readonly kind: "fresh" | "loaded" | "recovered";
  readonly table: OffsetTable;
  /** The file that the table is from; `undefined` if there was none. */
  readonly source: string | undefined;
  /** What is wrong with the files that were passed over. */
  readonly faults: readonly FileFault[];
  /** The main file. */
  readonly main: Inspection;
}

/**
 * Loads the newest generation that can be had (clauses L1, L2, L4, L6).
 *
 * - A valid main is it.
 * - If main is bad, the backup is the generation before it.
 * - If only main's checksum is wrong, no crash did that: somebody edited it, or a bit has flipped.
 *   Falling back would lose the edit, going on could lose messages; a person has to decide.
 * - If main is missing, so is perhaps only the end of a rename that was not atomic (Go removes main
 *   before it renames): the newest valid of complete temporary files and the backup.
 * - If there is nothing, or nothing but unfinished temporary files, no write ever succeeded.
 *
 * What is returned has been made durable: nobody may act on offsets that a power cut takes back.
 *
 * @param sync Whether to do so; only `durability: "relaxed"` does not.
 * @throws {OffsetFileCorruptError} If files are there and none is usable.
 * @throws {OffsetLoadError} If one could not be examined.
 */
export async function loadOffsetFiles(
  fileSystem: FileSystem,
  path: string,
  sync: boolean,
): Promise<LoadedFiles> {
  const main = await inspectFile(fileSystem, path);
  if (main.state === "valid") {
    if (sync) await makeDurable(fileSystem, path);
    return { kind: "loaded", table: main.table, source: path, faults: [], main };
  }
  const temporaries = main.state === "missing" ? await findLeftovers(fileSystem, path) : [];
  const others = await Array.fromAsync(
    [...temporaries, backupOf(path)],
    (other) => inspectFile(fileSystem, other),
  );
  // Go removes main before it renames; it may have done both since main was found to be missing.
  if (main.state === "missing" && (await inspectFile(fileSystem, path)).state !== "missing") {
    return await loadOffsetFiles(fileSystem, path, sync);
  }
  const source = newest(others);
  const faults = faultsOf([main, ...others], source !== undefined);
  if (main.cause instanceof OffsetFileChecksumError) {
    const candidates = source === undefined ? [path] : [path, source.path];
    throw new OffsetFileCorruptError(path, faults, candidates);
  }
  if (source !== undefined) {
    if (sync) await makeDurable(fileSystem, source.path);
    return { kind: "recovered", table: source.table, source: source.path, faults, main };
  }
  const unfinished = (file: FileFault) => temporaries.includes(file.path);
  if (!faults.every(unfinished)) throw new OffsetFileCorruptError(path, faults);
  return { kind: "fresh", table: OffsetTable.empty, source: undefined, faults, main };
}

/** The newest valid file; of equals the first, since a temporary file is newer than the backup. */
function newest(files: readonly Inspection[]): ValidFile | undefined {
  let best: ValidFile | undefined;
  for (const file of files) {
    if (file.state !== "valid") continue;
    if (best === undefined || file.info.mtimeNs > best.info.mtimeNs) best = file;
  }
  return best;
}

/** That main is missing is a fault only if something else is there. */
function faultsOf(files: readonly Inspection[], recovered: boolean): FileFault[] {
  return files.flatMap((file, index) => {
    if (file.state === "bad") return [{ path: file.path, reason: file.reason, cause: file.cause }];
    // The first is main, which is not valid, or nothing would have been recovered.
    return index === 0 && recovered ? [{ path: file.path, reason: "it is missing" }] : [];
  });
}

/** Makes a file that was read, and its name, durable. */
export async function makeDurable(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.syncFile(path);
    await fileSystem.syncDirectory(dirname(path));
  } catch (error) {
    throw new OffsetLoadError(path, error);
  }
}

/** Who main is, for the comparison before it is overwritten (clause P9). */
export function identityOf(main: Inspection): FileInfo | undefined {
  return main.info;
}
