import { isMissing } from "../errors/error_code.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import type { FileInfo } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { basename, dirname } from "../fs/path_names.ts";
import { goTemporaryOf, temporaryKind, timeOfName } from "../paths.ts";

/** The files that interrupted writes left beside a main file. */
export interface TemporaryFiles {
  /** Second names of an earlier main that were to become the backup. */
  readonly pendingBackups: readonly string[];
  /** New snapshots, ours and Go's, complete or not. */
  readonly temporaries: readonly string[];
}

/**
 * Finds the temporary files of a main file: those with our own names, and Go's one file (P8).
 *
 * @throws {OffsetLoadError} If the directory cannot be listed.
 */
export async function findTemporaryFiles(
  fileSystem: FileSystem,
  main: string,
): Promise<TemporaryFiles> {
  const directory = dirname(main);
  const mainName = basename(main);
  let names;
  try {
    names = await fileSystem.readDirectory(directory);
  } catch (error) {
    if (isMissing(error)) return { pendingBackups: [], temporaries: [] };
    throw new OffsetLoadError(directory, error);
  }
  const goName = basename(goTemporaryOf(main));
  const kindOf = (name: string) => name === goName ? "temporary" : temporaryKind(mainName, name);
  const pathsOf = (kind: ReturnType<typeof kindOf>) =>
    names.filter((name) => kindOf(name) === kind).sort()
      .map((name) => main.slice(0, -mainName.length) + name);
  return { pendingBackups: pathsOf("pending backup"), temporaries: pathsOf("temporary") };
}

/** A younger file may belong to a write that is under way. */
const LEFTOVER_AGE_MS = 60_000;

/**
 * Removes our own temporary files that are older than a minute (P8). Go's temporary file is not
 * ours; it has one name, so there is never more than one.
 *
 * A pending backup has main's time, so the time in its name counts as well.
 *
 * @returns The younger ones, which stay.
 */
export async function removeLeftovers(
  fileSystem: FileSystem,
  main: string,
): Promise<TemporaryFiles> {
  const { pendingBackups, temporaries } = await findTemporaryFiles(fileSystem, main);
  const removeOld = async (
    paths: readonly string[],
    timeOf: (path: string, info: FileInfo) => number,
  ) => {
    const younger: string[] = [];
    for (const path of paths) {
      const info = await fileSystem.stat(path);
      if (info?.kind === "file" && !await removeIfOld(fileSystem, path, timeOf(path, info))) {
        younger.push(path);
      }
    }
    return younger;
  };
  const goName = goTemporaryOf(main);
  const writtenAt = (_path: string, { mtimeMs }: FileInfo) => mtimeMs;
  const madeAt = (path: string, { mtimeMs }: FileInfo) => Math.max(mtimeMs, timeOfName(path));
  return {
    pendingBackups: await removeOld(pendingBackups, madeAt),
    temporaries: await removeOld(temporaries.filter((path) => path !== goName), writtenAt),
  };
}

/** Removes a file whose time is a minute ago; answers whether it did. */
async function removeIfOld(
  fileSystem: FileSystem,
  path: string,
  timeMs: number,
): Promise<boolean> {
  if (fileSystem.now() - timeMs < LEFTOVER_AGE_MS) return false;
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return true;
}
