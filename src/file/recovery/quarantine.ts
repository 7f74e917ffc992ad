import { isLinkUnsupported, isMissing } from "../errors/error_code.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { NotRegularFileError } from "../fs/not_regular_file_error.ts";
import { quarantineOf } from "../paths.ts";

/**
 * Renames a bad file to a name that nothing overwrites. The caller syncs the directory.
 *
 * @returns The new path, or `undefined` if there is no such file.
 * @throws {NotRegularFileError} If the path leads to no regular file (O3).
 */
export async function moveAside(
  fileSystem: FileSystem,
  path: string,
): Promise<string | undefined> {
  await expectRegularFile(fileSystem, path);
  const aside = quarantineOf(path, fileSystem.uniqueName());
  try {
    await fileSystem.rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return aside;
}

async function expectRegularFile(fileSystem: FileSystem, path: string): Promise<void> {
  const info = await fileSystem.stat(path);
  if (info !== undefined && info.kind !== "file") throw new NotRegularFileError(path);
}

/** How a file was kept aside, and where. */
export interface KeptAside {
  readonly path: string;
  readonly by: "link" | "move";
}

/**
 * Gives a bad file a second name before it is replaced under its own. The caller syncs the directory.
 *
 * @param look Rejects if the file is not the bad one any more. It is called right before the file
 *   is renamed, where hard links are not supported: a good file of somebody else must not lose its
 *   name.
 * @returns `undefined` if there is no such file.
 * @throws {NotRegularFileError} If the path leads to no regular file (O3).
 */
export async function keepAside(
  fileSystem: FileSystem,
  path: string,
  look: () => Promise<void> = () => Promise.resolve(),
): Promise<KeptAside | undefined> {
  await expectRegularFile(fileSystem, path);
  const aside = quarantineOf(path, fileSystem.uniqueName());
  try {
    await fileSystem.link(path, aside);
    return { path: aside, by: "link" };
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!isLinkUnsupported(error)) throw error;
  }
  await look();
  // Without hard links main is missing for an instant; the file that the table is from exists.
  const moved = await moveAside(fileSystem, path);
  return moved === undefined ? undefined : { path: moved, by: "move" };
}
