import { existsSync } from "node:fs";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Child } from "../../lib/child.ts";
import { findExecutable } from "../../lib/runtimes.ts";
import type { StrykerReport } from "./report.ts";

/** The parts of the sources that have a threshold each. */
export const PARTS = ["core", "file"] as const;

export type Part = (typeof PARTS)[number];

/** The test files of each part; those in the first folder are quick. */
export const TESTS: Record<Part, readonly string[]> = {
  core: ["tests/core"],
  file: ["tests/file", "tests/crash"],
};

/**
 * The environment of the tests: the smallest slices of slow ones, and few runs of each property.
 * The whole suite may kill a mutant that survives here, never the other way round. No disk is
 * mounted, since a run that is given up would leave it behind.
 */
const QUICKLY = { TESTS: "tiny", SMALL_DISK: "pretended", NO_COLOR: "1" };

/** A disk in memory, where there is one: the tests' syncs take no time there. */
const FASTEST_DISK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const ROOT = new URL("../../../", import.meta.url);
const STRYKER = "node_modules/@stryker-mutator/core/bin/stryker.js";

/** The part of a configuration that is also used here. */
interface Config {
  readonly thresholds: { readonly break: number };
  readonly jsonReporter: { readonly fileName: string };
}

const configOf = (part: Part) => `scripts/verify/mutate/${part}.config.json`;

async function readConfig(part: Part): Promise<Config> {
  return JSON.parse(await readFile(new URL(configOf(part), ROOT), "utf8"));
}

/** The percentage below which a part fails. */
export async function thresholdOf(part: Part): Promise<number> {
  return (await readConfig(part)).thresholds.break;
}

/** The sources of a part, all or those that match the pattern. */
export async function sourcesOf(part: Part, pattern: string): Promise<string[]> {
  const sources: string[] = [];
  for await (const path of glob(pattern, { cwd: fileURLToPath(ROOT) })) {
    const file = path.replaceAll("\\", "/");
    if (file.startsWith(`src/${part}/`) && file.endsWith(".ts")) sources.push(file);
  }
  return sources.sort();
}

/** How to run Stryker. */
export interface StrykerOptions {
  /** Whether its progress bar goes to the terminal. */
  readonly shows: boolean;
  /** Whether only the tests of the part's own folder are run. */
  readonly isQuick: boolean;
  /** The only test file that is run; all that reach a mutant by default. */
  readonly tests?: string;
}

/** The test files, and the folders of them, that are run on a part. */
export function selectTests(
  part: Part,
  { isQuick, tests }: Pick<StrykerOptions, "isQuick" | "tests">,
): readonly string[] {
  if (tests !== undefined) return [tests];
  return isQuick ? TESTS[part].slice(0, 1) : TESTS[part];
}

/** Runs Stryker on a part. */
export async function runStryker(
  part: Part,
  sources: readonly string[],
  { shows, isQuick, tests }: StrykerOptions,
): Promise<StrykerReport> {
  const report = new URL((await readConfig(part)).jsonReporter.fileName, ROOT);
  await rm(report, { force: true });
  const args = [STRYKER, "run", configOf(part), "--mutate", sources.join()];
  if (shows) args.push("--reporters", "json,progress");
  const selected = selectTests(part, { isQuick, tests });
  const home = await mkdtemp(join(FASTEST_DISK, "mutate-"));
  const child = new Child([await findExecutable("node"), ...args], {
    cwd: fileURLToPath(ROOT),
    shows: shows ? "output" : undefined,
    env: {
      ...process.env,
      ...QUICKLY,
      MUTATE_TESTS: JSON.stringify(selected),
      // A mutant may write to places that nobody has thought of.
      HOME: home,
      TMPDIR: home,
    },
  });
  child.hangUp();
  const { lines, errors } = await child.ended;
  await rm(home, { recursive: true, force: true });
  // It fails below the threshold too; only if there is no report, something else is wrong.
  const text = await readFile(report, "utf8").catch((cause) => {
    throw new Error(`Stryker has written no report\n${lines.join("\n")}\n${errors}`, { cause });
  });
  return JSON.parse(text);
}
