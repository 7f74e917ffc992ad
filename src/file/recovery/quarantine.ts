import { dirname } from "node:path";
import { isLinkUnsupported, isMissing } from "../errors/error_code.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { quarantineOf } from "../paths.ts";

/**
 * Moves a bad file out of the way, to a name that nothing overwrites.
 *
 * @returns The new path, or `undefined` if there is no such file.
 */
export async function moveAside(
  fileSystem: FileSystem,
  path: string,
  sync: boolean,
): Promise<string | undefined> {
  const aside = quarantineOf(path, fileSystem.uniqueName());
  try {
    await fileSystem.rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  if (sync) await fileSystem.syncDirectory(dirname(path));
  return aside;
}

/**
 * Gives a bad file another name too, before it is replaced under the one it has.
 *
 * @returns The other name, or `undefined` if there is no such file.
 */
export async function keepAside(
  fileSystem: FileSystem,
  path: string,
  sync: boolean,
): Promise<string | undefined> {
  const aside = quarantineOf(path, fileSystem.uniqueName());
  try {
    await fileSystem.link(path, aside);
    return aside;
  } catch (error) {
    if (isMissing(error)) return undefined;
    // Without hard links it is missing for an instant; the backup it was recovered from is there.
    if (isLinkUnsupported(error)) return await moveAside(fileSystem, path, sync);
    throw error;
  }
}
