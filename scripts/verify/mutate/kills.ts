import { appendFile, readdir, readFile } from "node:fs/promises";
import { SCRATCH } from "./test_files.ts";

const KILLS = `${SCRATCH}/kills.txt`;

/** Which test files have killed mutants of which source files so far, in this run. */
export class Kills {
  readonly #counts = new Map<string, number>();

  static async read(): Promise<Kills> {
    const kills = new Kills();
    const text = await readFile(KILLS, "utf8").catch(() => "");
    for (const line of text.split("\n")) {
      kills.#counts.set(line, (kills.#counts.get(line) ?? 0) + 1);
    }
    return kills;
  }

  count(source: string, test: string): number {
    return this.#counts.get(`${source} ${test}`) ?? 0;
  }

  static async add(source: string, test: string): Promise<void> {
    await appendFile(KILLS, `${source} ${test}\n`);
  }
}

/** The source file that a mutant is in. */
export async function sourceOf(mutant: string): Promise<string> {
  for (const folder of ["src/core", "src/file"]) {
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith(".ts")) continue;
      const text = await readFile(`${folder}/${name}`, "utf8");
      if (text.includes(`stryMutAct_9fa48("${mutant}")`)) return `${folder}/${name}`;
    }
  }
  throw new Error(`Cannot find mutant ${mutant}: no source has it`);
}
