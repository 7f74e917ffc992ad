import { basename, dirname } from "node:path";
import { isMissing } from "../errors/error_code.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";

/**
 * The temporary files that interrupted writes left: `offset.json.tmp` is Go's, and
 * `offset.json.<unique>.tmp` are ours.
 *
 * @throws {OffsetLoadError} If the directory cannot be listed.
 */
export async function findLeftovers(fileSystem: FileSystem, main: string): Promise<string[]> {
  const directory = dirname(main);
  const prefix = `${basename(main)}.`;
  let names;
  try {
    names = await fileSystem.readDirectory(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new OffsetLoadError(directory, error);
  }
  return names.filter((name) => name.startsWith(prefix) && name.endsWith(".tmp")).sort()
    .map((name) => main.slice(0, -basename(main).length) + name);
}

/**
 * Removes our own leftovers (clause P8); Go's one file is not ours to remove, and never grows.
 *
 * A writer that is alive and loses its temporary file this way starts its write again.
 */
export async function clearLeftovers(fileSystem: FileSystem, main: string): Promise<void> {
  for (const path of await findLeftovers(fileSystem, main)) {
    if (path === `${main}.tmp`) continue;
    try {
      await fileSystem.unlink(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}
