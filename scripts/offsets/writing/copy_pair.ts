import { dirname, join, resolve } from "node:path";
import { type FileInfo, type FileSystem, nodeFileSystem } from "../../../mod.ts";
import { errorCode, isUnsupported } from "../../../src/file/errors/error_code.ts";
import { takeAfter } from "../../../src/file/fs/take_after.ts";
import { writeAll } from "../../../src/file/fs/write_file.ts";
import { journalOf } from "../../../src/file/paths.ts";
import { CommandError } from "../command_line/command_error.ts";
import { quote } from "../../lib/escape.ts";
import type { Pair } from "../reading/read_pair.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";

/**
 * Writes the copies of a pair to a directory that is new or empty, and makes them durable. If that
 * fails, unfinished copies are removed.
 */
export async function copyPair(
  { main, journal }: Pair,
  directory: string,
  name: string,
): Promise<void> {
  const isNew = await makeEmptyDirectory(directory);
  const copy = join(directory, name);
  const made: string[] = [];
  try {
    if (journal !== undefined) {
      await writeCopy(nodeFileSystem, journalOf(copy), journal, made);
    }
    await writeCopy(nodeFileSystem, copy, main, made);
    for (const each of [directory, ...(isNew ? [dirname(resolve(directory))] : [])]) {
      await syncDirectory(each);
    }
  } catch (error) {
    for (const path of made) await nodeFileSystem.unlink(path).catch(() => {});
    if (isNew) await nodeFileSystem.removeDirectory(directory).catch(() => {});
    throw new CommandError(
      `Cannot back up to ${quote(directory)}: ${describeSystemError(error)}`,
      `Nothing is left there. ${nextStepAfter(error)}`,
      { path: directory, cause: error },
    );
  }
}

/** Answers whether the directory was made. */
async function makeEmptyDirectory(directory: string): Promise<boolean> {
  let names: string[];
  try {
    await nodeFileSystem.makeDirectory(directory);
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw unusable(directory, describeSystemError(error), error);
  }
  try {
    names = await nodeFileSystem.readDirectory(directory);
  } catch (error) {
    throw unusable(directory, describeSystemError(error), error);
  }
  if (names.length === 0) return false;
  throw unusable(directory, `it holds ${quote(names[0])}`);
}

function unusable(directory: string, state: string, cause?: unknown): CommandError {
  return new CommandError(
    `Cannot back up to ${quote(directory)}: ${state}`,
    "Name a new directory, whose parent is there, or an empty one.",
    { code: cause === undefined ? "exists" : undefined, path: directory, cause },
  );
}

async function writeCopy(
  fileSystem: FileSystem,
  path: string,
  { bytes, info }: { readonly bytes: Uint8Array; readonly info: FileInfo },
  made: string[],
): Promise<void> {
  const file = await fileSystem.create(path);
  made.push(path);
  try {
    await writeAll(file, bytes, 0);
    // O1: whoever may read the file may read its copy.
    await takeAfter(file, await file.stat(), info);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  try {
    await nodeFileSystem.syncDirectory(path);
  } catch (error) {
    // O5: such a file system makes its entries durable by itself.
    if (!isUnsupported(error)) throw error;
  }
}
