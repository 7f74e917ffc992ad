import { nodeFileSystem } from "../../../mod.ts";
import { resolveLinks } from "../../../src/file/fs/resolve_links.ts";

/** Where the main file really is: a symbolic link stays one, and the backup lies by its target. */
export async function resolveMain(path: string): Promise<string> {
  // What is unreachable is judged later, by whoever reads it.
  return await resolveLinks(nodeFileSystem, path).catch(() => path);
}
