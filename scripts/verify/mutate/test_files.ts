import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Child } from "../../lib/child.ts";

/**
 * The environment of the tests: few cases of each property, and the smallest slices of slow tests.
 * The whole suite may kill a mutant that survives here, never the other way round. No disk is
 * mounted, since a run that is given up would leave it behind.
 */
const QUICKLY = { FC_RUNS: "20", TESTS: "tiny", SMALL_DISK: "pretended" };

/** Tests that cannot be used. */
const UNFIT = [
  // Asserts that every kind of answer was met, which takes all of its cases.
  "tests/crash/simulated_matches_real_test.ts",
];

/** Where a run keeps what it must not leave behind: Stryker's copy of the repository goes with it. */
export const SCRATCH = ".mutate";

/** A disk in memory, where there is one: what tests write there syncs in no time. */
const FASTEST_DISK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** The test files in the folders. */
export async function testFiles(folders: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders) {
    const names = (await readdir(folder, { recursive: true })).sort();
    const tests = names.filter((name) => name.endsWith("_test.ts"));
    files.push(...tests.map((name) => `${folder}/${name.replaceAll("\\", "/")}`));
  }
  return files.filter((file) => !UNFIT.includes(file));
}

/** How a run of test files ended. */
export interface TestRun {
  readonly end: "passed" | "failed" | "hung";
  readonly ms: number;
  readonly output: string;
}

/**
 * Runs test files on Bun, in the order given, until one fails.
 *
 * @param silence How many milliseconds may pass without a sign of life, that is without the end of
 *   a test, before the run is given up: a mutant easily loops for ever.
 */
export async function runTests(
  files: readonly string[],
  silence: number,
  { preload, env }: { preload?: string; env?: Record<string, string> } = {},
): Promise<TestRun> {
  const home = await mkdtemp(join(FASTEST_DISK, "mutate-"));
  const args = ["test", "--bail", "--no-orphans", "--timeout=600000"];
  if (preload !== undefined) args.push("--preload", preload);
  const began = performance.now();
  let isHung = false;
  const watch = () =>
    setTimeout(() => {
      isHung = true;
      child.kill();
    }, silence);
  const command = [process.execPath, ...args, ...files.map((file) => `./${file}`)];
  const child = new Child(command, {
    // A mutant may write to places that nobody has thought of.
    env: { ...process.env, ...QUICKLY, NO_COLOR: "1", TMPDIR: home, HOME: home, ...env },
    onOutput: () => {
      clearTimeout(timer);
      timer = watch();
    },
  });
  child.hangUp();
  let timer = watch();
  const { code, lines, errors } = await child.ended;
  clearTimeout(timer);
  const output = `${lines.join("\n")}\n${errors}`;
  await rm(home, { recursive: true, force: true });
  const end = isHung ? "hung" : code === 0 ? "passed" : "failed";
  return { end, ms: performance.now() - began, output };
}
