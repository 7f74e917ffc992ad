import { nodeFileSystem } from "../../../mod.ts";
import { resolveLinks } from "../../../src/file/fs/resolve_links.ts";

/** Where the main file really is: a symbolic link stays one, and the backup lies by its target. */
export async function resolveMain(path: string): Promise<string> {
  // The reader of an unreachable path judges it later.
  return await resolveLinks(nodeFileSystem, path).catch(() => path);
}
