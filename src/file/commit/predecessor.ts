import type { FileSystem } from "../fs/file_system.ts";
import { dirname } from "../fs/path_names.ts";
import type { Ownership } from "../fs/take_after.ts";
import { backupOf } from "../paths.ts";

/** The mode of a first file: the owner reads and writes it. */
const PRIVATE = 0o600;

/**
 * The owner, the group and the mode that a new main takes (O1); `undefined` if nothing is there.
 *
 * @param content What the present main is worth: a bad one is replaced by what the backup held.
 */
export async function predecessorOf(
  fileSystem: FileSystem,
  main: string,
  content: "valid" | "bad" = "valid",
): Promise<Ownership | undefined> {
  const paths = content === "valid" ? [main, backupOf(main)] : [backupOf(main), main];
  const replaced = await fileSystem.stat(paths[0]) ?? await fileSystem.stat(paths[1]);
  if (replaced !== undefined) return replaced;
  // A first file that root makes belongs to the owner of the directory.
  const directory = await fileSystem.stat(dirname(main));
  return directory && { ...directory, mode: PRIVATE };
}
