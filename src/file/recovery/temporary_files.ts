import { basename, dirname } from "node:path";
import { isMissing } from "../errors/error_code.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { goTemporaryOf, temporaryKind } from "../paths.ts";

/** The files that interrupted writes left beside a main file. */
export interface TemporaryFiles {
  /** Second names of an earlier main that were to become the backup. */
  readonly pendingBackups: readonly string[];
  /** New snapshots, ours and Go's, complete or not. */
  readonly temporaries: readonly string[];
}

/**
 * Finds the temporary files of a main file: our own names, and Go's one name (P8).
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

/** A younger file may be a write that is under way. */
const LEFTOVER_AGE_MS = 60_000;

/**
 * Removes our own temporary files that are older than a minute (P8). Go's one file is not ours, and
 * never grows in number.
 *
 * @returns Whether younger ones stay, which may turn out to be leftovers, too.
 */
export async function removeLeftovers(
  fileSystem: FileSystem,
  main: string,
): Promise<"none stay" | "younger ones stay"> {
  const { pendingBackups, temporaries } = await findTemporaryFiles(fileSystem, main);
  let remaining: "none stay" | "younger ones stay" = "none stay";
  for (const path of [...pendingBackups, ...temporaries]) {
    if (path === goTemporaryOf(main)) continue;
    const info = await fileSystem.stat(path);
    if (info?.kind !== "file") continue;
    if (fileSystem.now() - info.mtimeMs < LEFTOVER_AGE_MS) {
      remaining = "younger ones stay";
      continue;
    }
    try {
      await fileSystem.unlink(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return remaining;
}
