import { dirname } from "node:path";
import type { FileInfo } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { backupOf } from "../paths.ts";

/** The mode of a first file: the owner reads and writes it. */
const PRIVATE = 0o600;

/** The owner, the group and the mode that a new main takes (O1); `undefined` if nothing is there. */
export async function predecessorOf(
  fileSystem: FileSystem,
  main: string,
): Promise<Pick<FileInfo, "uid" | "gid" | "mode"> | undefined> {
  const replaced = await fileSystem.stat(main) ?? await fileSystem.stat(backupOf(main));
  if (replaced !== undefined) return replaced;
  // A first file that root makes belongs to the owner of the directory.
  const directory = await fileSystem.stat(dirname(main));
  return directory && { ...directory, mode: PRIVATE };
}
