import { isLater, type MaybePromise, orElse } from "./maybe_promise.ts";
import { isMissing } from "../errors/error_code.ts";
import type { FileInfo, FileSystem } from "./file_system.ts";

/** Describes what a path leads to; `undefined` if nothing is there. */
export function statIfThere(
  fileSystem: FileSystem,
  path: string,
): MaybePromise<FileInfo | undefined> {
  // As `orElse` does it, without a function for each call: two of these are in every persist.
  try {
    const answer = fileSystem.stat(path);
    return isLater(answer) ? answer.then(undefined, nothingIfMissing) : answer;
  } catch (error) {
    return nothingIfMissing(error);
  }
}

function nothingIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

/** The same, and `undefined` too if the system does not tell. */
export function statIfPossible(
  fileSystem: FileSystem,
  path: string,
): MaybePromise<FileInfo | undefined> {
  return orElse(() => fileSystem.stat(path), () => undefined);
}
