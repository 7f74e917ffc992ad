import { lstat, realpath } from "node:fs/promises";

/** Where the main file really is: a symbolic link stays one, and the backup lies by its target. */
export async function resolveMain(path: string): Promise<string> {
  try {
    // Any other path stays as the user wrote it, relative ones too.
    return (await lstat(path)).isSymbolicLink() ? await realpath(path) : path;
  } catch {
    // What is missing or unreachable is judged later, by whoever reads it.
    return path;
  }
}
