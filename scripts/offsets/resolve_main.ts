import { realpath } from "node:fs/promises";

/** Where the main file really is: a symbolic link stays one, and the backup lies by its target. */
export async function resolveMain(path: string): Promise<string> {
  // What is missing or unreachable is judged later, by whoever reads it.
  return await realpath(path).catch(() => path);
}
