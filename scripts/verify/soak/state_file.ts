import { readFile, rename, writeFile } from "node:fs/promises";
import type { Tally } from "./tally.ts";

const VERSION = 1;

/** Reads the counts of an earlier part of a run; `undefined` if there was none. */
export async function readState(path: string): Promise<Tally | undefined> {
  let text;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
  const { version, tally } = JSON.parse(text);
  if (version === VERSION) return tally;
  throw new Error(`Cannot resume from "${path}": it is not of version ${VERSION}`);
}

/** Writes the counts so far. */
export async function writeState(path: string, tally: Tally): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify({ version: VERSION, tally }, undefined, 2) + "\n");
  await rename(`${path}.new`, path);
}
