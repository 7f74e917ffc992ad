import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { inspectFile, type Inspection, type ValidInspection } from "./inspect_file.ts";
import { resolveMain } from "./resolve_main.ts";
import { errorCode, isNotCapable } from "./system_error.ts";

/** A store's files: the main one, its backup, and what interrupted writes left over. */
export interface StoreFiles {
  readonly main: Inspection;
  readonly backup: Inspection;
  readonly leftovers: readonly Inspection[];
}

/** Inspects all the files of the store whose main file has this path. */
export async function inspectStore(path: string): Promise<StoreFiles> {
  const real = await resolveMain(path);
  const [main, backup, names] = await Promise.all([
    inspectFile(path),
    inspectFile(`${real}.bak`),
    leftoverNames(real),
  ]);
  const leftovers = await Promise.all(
    names.map((name) => inspectFile(join(dirname(real), name))),
  );
  return { main, backup, leftovers: leftovers.filter(({ state }) => state !== "missing") };
}

/** `offset.json.tmp` is Go's, `offset.json.<unique>.tmp` ours. */
async function leftoverNames(path: string): Promise<string[]> {
  const prefix = `${basename(path)}.`;
  try {
    const names = await readdir(dirname(path));
    return names.filter((name) => name.startsWith(prefix) && name.endsWith(".tmp")).sort();
  } catch (error) {
    // Without the right to list the directory, main and backup can still be read by name.
    if (isNotCapable(error)) return [];
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(errorCode(error) ?? "")) return [];
    throw error;
  }
}

/** The files that a table could be recovered from, best first. */
export function recoveryCandidates(files: StoreFiles): ValidInspection[] {
  const valid = [files.backup, ...files.leftovers].filter((file) => file.state === "valid");
  // Newest first. A leftover that parses is complete: every proper prefix is refused.
  return valid.sort((a, b) => b.modified - a.modified);
}
