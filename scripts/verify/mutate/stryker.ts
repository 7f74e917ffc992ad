import { glob, readFile, rm } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Child } from "../../lib/child.ts";
import { findExecutable } from "../../lib/runtimes.ts";
import type { StrykerReport } from "./report.ts";

/** The parts of the sources that have a threshold each. */
export const PARTS = ["core", "file"] as const;

export type Part = (typeof PARTS)[number];

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
  /** The only test file that is run; all that reach a mutant unless told. */
  readonly tests?: string;
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
  const child = new Child([await findExecutable("node"), ...args], {
    cwd: fileURLToPath(ROOT),
    shows: shows ? "output" : undefined,
    env: {
      ...process.env,
      // The commands of the configurations begin with it. On a fresh machine no PATH has a Bun, and
      // the one that npx brings is called bun.exe.
      BUN: await findExecutable("bun"),
      ...(isQuick ? { MUTATE_QUICK: "1" } : {}),
      ...(tests === undefined ? {} : { MUTATE_TESTS: tests }),
    },
  });
  child.hangUp();
  const { lines, errors } = await child.ended;
  // It fails below the threshold too; only if there is no report, something else is wrong.
  const text = await readFile(report, "utf8").catch((cause) => {
    throw new Error(`Stryker has written no report\n${lines.join("\n")}\n${errors}`, { cause });
  });
  return JSON.parse(text);
}
