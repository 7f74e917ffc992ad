import { errorCode } from "../errors/error_code.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import type { FileInfo } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { dirname } from "../fs/path_names.ts";

/**
 * Refuses a new store whose directory can never be made (O6).
 *
 * Windows answers ENOENT for a path on a missing drive and for a path below a file, as it does for
 * the files of a new store. Every system does so below a link to a disk that is not mounted.
 *
 * @param directory The directory of the main file.
 * @throws {OffsetLoadError} If a file or a link that leads nowhere is in the place of a directory, or
 *   the drive is missing.
 */
export async function expectDirectories(fileSystem: FileSystem, directory: string): Promise<void> {
  for (let path = directory;; path = dirname(path)) {
    const found = await lookAt(fileSystem, path);
    if (found === "unknown" || found?.kind === "directory") return;
    if (found !== undefined) throw refusal(path, "ENOTDIR", NOT_A_DIRECTORY);
    const target = await fileSystem.readLink(path).catch(() => undefined);
    if (target !== undefined) throw refusal(path, "ENOENT", leadsNowhere(target));
    if (dirname(path) === path) throw refusal(path, "ENOENT", NO_DRIVE);
  }
}

async function lookAt(
  fileSystem: FileSystem,
  path: string,
): Promise<FileInfo | undefined | "unknown"> {
  try {
    return await fileSystem.stat(path);
  } catch (error) {
    // The way up finds the file that is in the place of a directory. Other errors tell nothing.
    return errorCode(error) === "ENOTDIR" ? undefined : "unknown";
  }
}

const NOT_A_DIRECTORY = "it is not a directory, and a directory of the store would be there; " +
  "move it away, or choose another root";
const NO_DRIVE = "there is no such drive; attach it, or choose another root";
const leadsNowhere = (target: string) =>
  `it is a symbolic link to ${JSON.stringify(target)}, which is not there; ` +
  "mount or make the target, or choose another root";

function refusal(path: string, code: string, state: string): OffsetLoadError {
  return new OffsetLoadError(path, Object.assign(new Error(state), { code }));
}
