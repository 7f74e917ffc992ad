import { isMissing } from "./error_code.ts";
import type { FileInfo, FileSystem } from "./file_system.ts";

/** Describes what a path leads to; `undefined` if nothing is there. */
export function statIfThere(fileSystem: FileSystem, path: string): Promise<FileInfo | undefined> {
  return fileSystem.stat(path).catch(nothingIfMissing);
}

function nothingIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
