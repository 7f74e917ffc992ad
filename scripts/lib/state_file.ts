import { readFile, rename, writeFile } from "node:fs/promises";

/** Reads what an earlier part of a run has kept; `undefined` if there was none. */
export async function readState<T>(path: string, version: number): Promise<T | undefined> {
  let text;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
  const kept = JSON.parse(text);
  if (kept.version === version) return kept.state;
  throw new Error(`Cannot resume from "${path}": it is not of version ${version}`);
}

/** Keeps how far a run is: the file holds this state or the one before, whole. */
export async function writeState(path: string, version: number, state: unknown): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify({ version, state }, undefined, 2) + "\n");
  await rename(`${path}.new`, path);
}
