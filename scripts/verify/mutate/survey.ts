import { mkdir, readFile, writeFile } from "node:fs/promises";
import { runTests, SCRATCH } from "./test_files.ts";

/** The facts about a test file. */
export interface Surveyed {
  readonly file: string;
  /** How long it takes. */
  readonly ms: number;
  /** How long its longest test takes. */
  readonly longest: number;
  /** The mutants that it reaches. */
  readonly reached: readonly string[];
}

const SURVEY = `${SCRATCH}/survey.json`;

/** Runs each test file by itself with no mutant active, and writes down what is worth knowing. */
export async function survey(files: readonly string[]): Promise<void> {
  await mkdir(SCRATCH, { recursive: true });
  const surveyed: Surveyed[] = [];
  const reachedFile = `${SCRATCH}/reached.json`;
  for (const file of files) {
    const { end, ms, output } = await runTests([file], 120_000, {
      preload: "./scripts/verify/mutate/reached.ts",
      env: { REACHED_FILE: reachedFile },
    });
    if (end !== "passed") throw new Error(`Cannot test mutants with ${file}: ${end}\n${output}`);
    const reached = JSON.parse(await readFile(reachedFile, "utf8"));
    const times = [...output.matchAll(/^\(pass\) .* \[([\d.]+)ms\]$/gm)].map(([, ms]) => +ms);
    surveyed.push({ file, ms, longest: Math.max(...times, 0), reached });
  }
  await writeFile(SURVEY, JSON.stringify(surveyed));
}

/** The test files that reach a mutant; no other could tell it from the original. */
export async function whoReaches(mutant: string): Promise<Surveyed[]> {
  const surveyed: Surveyed[] = JSON.parse(await readFile(SURVEY, "utf8"));
  return surveyed.filter(({ reached }) => reached.includes(mutant));
}
