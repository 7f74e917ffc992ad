import { isMissing } from "../errors/error_code.ts";
import type { FileSystem } from "./file_system.ts";
import { dirname, isAbsoluteTarget } from "./path_names.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";

/** Linux follows as many. */
const MAX_LINKS = 40;

/**
 * Follows the links of a main file to where it really lies, there or not.
 *
 * Renaming over a link would replace the link; its target is what must be replaced, and the
 * temporary file and the backup belong beside the target, on the same file system.
 *
 * @throws {OffsetLoadError} If a link cannot be read, or they go round in a circle.
 */
export async function resolveLinks(fileSystem: FileSystem, path: string): Promise<string> {
  let resolved = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const target = await readLink(fileSystem, resolved);
    if (target === undefined) return resolved;
    // Not `resolve`, which drops ".." by the text: the parent of a linked directory is another one.
    resolved = isAbsoluteTarget(target, resolved) ? target : `${dirname(resolved)}/${target}`;
  }
  throw new OffsetLoadError(path, new Error(`more than ${MAX_LINKS} symbolic links`));
}

async function readLink(fileSystem: FileSystem, path: string): Promise<string | undefined> {
  try {
    return await fileSystem.readLink(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new OffsetLoadError(path, error);
  }
}
