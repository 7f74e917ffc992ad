#!/usr/bin/env -S deno run --allow-env=NO_COLOR
/**
 * Lists the tasks that check the store, `deno task verify`: what each shows, what it needs, and how
 * long it takes.
 *
 * @module
 */
import process from "node:process";
import { type Io, paint } from "./lib/io.ts";
import { flag } from "./lib/options.ts";
import { processIo } from "./lib/process_io.ts";
import { runTask, type Task } from "./lib/task.ts";
import { wrap } from "./lib/words.ts";
import { type Check, CHECKS } from "./verify/checks.ts";

const OPTIONS = { json: flag("print the list as JSON") };

const TASK: Task<typeof OPTIONS> = {
  name: "verify",
  action: "list the checks",
  summary: "Lists the tasks that check the store: what each shows, needs and takes.",
  usage: ["[--json]"],
  options: OPTIONS,
  examples: [""],
  exitCodes: "0 they are listed",
  run({ json }, io) {
    if (json) io.out(JSON.stringify(CHECKS, undefined, 2) + "\n");
    else {
      for (const check of CHECKS) io.out(textOf(check, io) + "\n");
      io.out("Each has --help. Times were measured on two cores, from quiet to busy.\n");
    }
    return Promise.resolve(0);
  },
};

const INDENT = "  ";

function textOf({ task, shows, needs, takes, slice }: Check, io: Io): string {
  const lines = [
    shows,
    `Needs: ${needs ?? "nothing else"}.`,
    `Takes: ${takes}` + (slice === undefined ? "." : `; ${slice.takes} with ${slice.options}.`),
  ];
  const body = lines.map((line) => wrap(line, 80 - INDENT.length)).join("\n");
  return paint(io, "bold", `deno task ${task}`) + "\n" + body.replace(/^/gm, INDENT) + "\n";
}

/** Runs the task and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
