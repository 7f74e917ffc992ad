#!/usr/bin/env -S deno run --allow-read --allow-write --allow-env --allow-run
/**
 * Writes the documentation, `deno task docs`: the table of states and steps in
 * `docs/architecture.md`, the files of each clause in `docs/clauses.md`, and then the site in
 * `dist/site`.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { clauseMap } from "./docs/clause_map.ts";
import { withGeneratedBlock } from "./docs/generated_block.ts";
import { stepTable } from "./docs/step_table.ts";
import { quote } from "./lib/escape.ts";
import { EXIT } from "./lib/exit_code.ts";
import type { Io } from "./lib/io.ts";
import { flag, text } from "./lib/options.ts";
import { processIo } from "./lib/process_io.ts";
import { runTask, type Task } from "./lib/task.ts";
import { UsageError } from "./lib/usage_error.ts";

/** The pages with a generated block, and what their blocks must be. */
export const PAGES = [
  { path: "docs/architecture.md", block: stepTable },
  { path: "docs/clauses.md", block: clauseMap },
] as const;

const ROOT = new URL("../", import.meta.url);
const SITE = new URL("dist/site/", ROOT);

const OPTIONS = {
  check: flag("write nothing; tell whether the pages are up to date"),
  tables: flag("write the pages, and do not build the site"),
  base: text("PATH", "the path of the site on its server (default /)", "/"),
};

const TASK: Task<typeof OPTIONS> = {
  name: "docs",
  action: "write the documentation",
  summary:
    "Writes the table of states and steps in docs/architecture.md, from the plan's code, and the\n" +
    "files of each clause in docs/clauses.md. Builds the site in dist/site: the pages with a\n" +
    "search, the reference, the inspector.",
  usage: ["[--base PATH]", "--tables", "--check"],
  options: OPTIONS,
  details:
    "A test fails if a page is not what this task writes. The first build of the site installs\n" +
    "its generator, VitePress, in dist/site-work (100 MB), and takes about a minute.",
  examples: ["", "--base /offsetstore/", "--check"],
  exitCodes:
    "0 all is written, 1 a page is out of date (only with --check), 3 no site can be built",
  async run({ check, tables, base }, io) {
    if (!/^\/(.*\/)?$/.test(base)) {
      throw new UsageError(`--base ${quote(base)} does not begin and end with a slash`);
    }
    let isUpToDate = true;
    for (const page of PAGES) isUpToDate = await writeBlock(page, io, check) && isUpToDate;
    if (!isUpToDate) return EXIT.finding;
    if (check || tables) return EXIT.ok;
    // Only this task needs esbuild; the checks of the tests do not.
    const { buildSite, SiteError } = await import("./site/build_site.ts");
    try {
      await buildSite(fileURLToPath(SITE), base, (part) => io.out(`building the ${part}\n`));
    } catch (error) {
      if (!(error instanceof SiteError)) throw error;
      io.err(`${error.message}\n`);
      return EXIT.failure;
    }
    io.out("dist/site was written\n");
    return EXIT.ok;
  },
};

/** Writes the block of a page, or only checks it; answers whether it is as it must be. */
async function writeBlock(
  { path, block }: (typeof PAGES)[number],
  io: Io,
  check: boolean,
): Promise<boolean> {
  const url = new URL(path, ROOT);
  const before = await readFile(url, "utf8");
  const after = withGeneratedBlock(before, block());
  if (after === before) io.out(`${path} is up to date\n`);
  else if (check) io.out(`${path} is out of date: run deno task docs\n`);
  else {
    await writeFile(url, after);
    io.out(`${path} was written\n`);
  }
  return after === before || !check;
}

/** Runs the task and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
