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

/** How a file was kept aside, and where. */
export interface KeptAside {
  readonly path: string;
  readonly by: "link" | "move";
}

/**
 * Gives a bad file a second name before it is replaced under its own.
 *
 * @returns `undefined` if there is no such file.
 */
export async function keepAside(
  fileSystem: FileSystem,
  path: string,
  sync: boolean,
): Promise<KeptAside | undefined> {
  const aside = quarantineOf(path, fileSystem.uniqueName());
  try {
    await fileSystem.link(path, aside);
    return { path: aside, by: "link" };
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!isLinkUnsupported(error)) throw error;
  }
  // Without hard links main is missing for an instant, but the file that it was recovered from is there.
  const moved = await moveAside(fileSystem, path, sync);
  return moved === undefined ? undefined : { path: moved, by: "move" };
}
