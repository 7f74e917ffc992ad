import { dirname, isAbsolute, relative, sep } from "node:path";
import { errorCode, isMissing } from "../errors/error_code.ts";
import type { FileSystem } from "./file_system.ts";

/** Directories whose entries could not be synced, and whether this process made them. */
export type Doubtful = Map<string, boolean>;

/**
 * Makes a directory and those above it, and makes their entries durable.
 *
 * Below the root, entries are synced even if they are there already: a process that was killed
 * between making and syncing a directory would otherwise leave a hole under all that follows.
 * The root itself, and what lies above it, is synced by whoever makes it: a process may well have
 * permission for the root and nothing above it.
 *
 * @param doubtful The directories whose entries could not be synced; they are removed, if they are
 *   still there, and made anew.
 */
export async function ensureDirectory(
  fileSystem: FileSystem,
  directory: string,
  root: string,
  sync: boolean,
  doubtful: Doubtful = new Map(),
): Promise<void> {
  const isBelowRoot = isInside(directory, root);
  const parent = dirname(directory);
  if (isBelowRoot) await ensureDirectory(fileSystem, parent, root, sync, doubtful);
  if (doubtful.has(directory)) await removeIfThere(fileSystem, directory, doubtful);
  const made = await makeDirectory(fileSystem, directory, sync, doubtful);
  if (!sync || !(made || isBelowRoot)) return;
  try {
    await fileSystem.syncDirectory(parent);
    doubtful.delete(directory);
  } catch (error) {
    // A later fsync may succeed without the entry: the next attempt must make it anew, whoever made
    // it. Only another's directory that has something in it was synced before that came.
    doubtful.set(directory, made);
    await fileSystem.removeDirectory(directory).catch((error) => {
      if (!made && errorCode(error) === "ENOTEMPTY") doubtful.delete(directory);
    });
    throw error;
  }
}

async function removeIfThere(
  fileSystem: FileSystem,
  directory: string,
  doubtful: Doubtful,
): Promise<void> {
  try {
    await fileSystem.removeDirectory(directory);
  } catch (error) {
    if (doubtful.get(directory) === false && errorCode(error) === "ENOTEMPTY") {
      doubtful.delete(directory);
    } else if (!isMissing(error)) throw error;
  }
}

async function makeDirectory(
  fileSystem: FileSystem,
  directory: string,
  sync: boolean,
  doubtful: Doubtful,
): Promise<boolean> {
  const isInDoubt = doubtful.has(directory);
  try {
    return await makeOne(fileSystem, directory, isInDoubt);
  } catch (error) {
    if (!isMissing(error) || dirname(directory) === directory) throw error;
  }
  await ensureDirectory(fileSystem, dirname(directory), directory, sync, doubtful);
  return await makeOne(fileSystem, directory, isInDoubt);
}

/** Whether it was made; if not, somebody else has. One in doubt must be new. */
async function makeOne(
  fileSystem: FileSystem,
  directory: string,
  isInDoubt: boolean,
): Promise<boolean> {
  try {
    await fileSystem.makeDirectory(directory);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" && !isInDoubt) return false;
    throw error;
  }
}

function isInside(directory: string, root: string): boolean {
  const path = relative(root, directory);
  // On Windows a path to another drive stays absolute.
  return path !== "" && path.split(sep)[0] !== ".." && !isAbsolute(path);
}
