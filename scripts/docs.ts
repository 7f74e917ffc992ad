#!/usr/bin/env -S deno run --allow-read=docs --allow-write=docs --allow-env=NO_COLOR
/**
 * Writes what is generated in the documentation, `deno task docs`: the table of states and steps in
 * `docs/architecture.md`.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { withGeneratedBlock } from "./docs/generated_block.ts";
import { stepTable } from "./docs/step_table.ts";
import { EXIT } from "./lib/exit_code.ts";
import type { Io } from "./lib/io.ts";
import { flag } from "./lib/options.ts";
import { processIo } from "./lib/process_io.ts";
import { runTask, type Task } from "./lib/task.ts";

/** The page with a generated block, and what its block must be. */
export const PAGE = { path: "docs/architecture.md", block: stepTable } as const;

const ROOT = new URL("../", import.meta.url);

const OPTIONS = { check: flag("write nothing; tell whether the page is up to date") };

const TASK: Task<typeof OPTIONS> = {
  name: "docs",
  action: "write the documentation",
  summary: "Writes the table of states and steps in docs/architecture.md, from the plan's code.",
  usage: ["[--check]"],
  options: OPTIONS,
  details: "A test fails if the page is not what this task writes.",
  examples: ["", "--check"],
  exitCodes: "0 the page is up to date, 1 it is not (only with --check)",
  async run({ check }, io) {
    const url = new URL(PAGE.path, ROOT);
    const before = await readFile(url, "utf8");
    const after = withGeneratedBlock(before, PAGE.block());
    if (after === before) {
      io.out(`${PAGE.path} is up to date\n`);
      return EXIT.ok;
    }
    if (check) {
      io.out(`${PAGE.path} is out of date: run deno task docs\n`);
      return EXIT.finding;
    }
    await writeFile(url, after);
    io.out(`${PAGE.path} was written\n`);
    return EXIT.ok;
  },
};

/** Runs the task and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
