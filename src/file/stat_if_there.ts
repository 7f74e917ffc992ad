import { isMissing } from "./error_code.ts";
import type { FileInfo, FileSystem } from "./file_system.ts";

/** Describes what a path leads to; `undefined` if nothing is there. */
export async function statIfThere(
  fileSystem: FileSystem,
  path: string,
): Promise<FileInfo | undefined> {
  try {
    return await fileSystem.stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
