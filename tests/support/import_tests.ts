import { readdir } from "node:fs/promises";

const TESTS = new URL("../", import.meta.url);

/**
 * Imports all tests of some folders of `tests`, without the folders below them.
 *
 * A file that is run by itself loads its modules anew, which takes longer than most files run. The
 * runtimes report the tests of imported files with the file and the line of each.
 */
export async function importTests(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const url = new URL(`${folder}/`, TESTS);
    const names = (await readdir(url)).filter((name) => name.endsWith("_test.ts")).sort();
    if (names.length === 0) throw new Error(`Cannot import the tests of ${folder}: it has none`);
    // A computed name: nothing is loaded before its turn.
    for (const name of names) await import(new URL(name, url).href);
  }
}
