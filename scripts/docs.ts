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
import type { Io } from "./lib/io.ts";
import { processIo } from "./lib/process_io.ts";
import { runTask, type Task } from "./lib/task.ts";

/** The page with a generated block, and what its block must be. */
export const PAGE = { path: "docs/architecture.md", block: stepTable } as const;

const ROOT = new URL("../", import.meta.url);

const TASK: Task<Record<never, never>> = {
  name: "docs",
  action: "write the documentation",
  summary: "Writes the table of states and steps in docs/architecture.md, from the plan's code.",
  usage: [""],
  options: {},
  details: "A test fails if the page is not what this task writes.",
  examples: [""],
  exitCodes: "0 the page is up to date now",
  async run(_values, io) {
    const url = new URL(PAGE.path, ROOT);
    const before = await readFile(url, "utf8");
    const after = withGeneratedBlock(before, PAGE.block());
    if (after !== before) await writeFile(url, after);
    io.out(`${PAGE.path}: ${after === before ? "unchanged" : "written"}\n`);
    return 0;
  },
};

/** Runs the task and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
