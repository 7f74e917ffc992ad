#!/usr/bin/env -S deno run -A
/**
 * Kills writers of a store on the real file system, `deno task soak`, and checks after each kill
 * that nothing acknowledged was lost; or lets two processes write one store. It works on Deno, Bun
 * and Node.
 *
 * @module
 */
import process from "node:process";
import type { Io } from "../lib/io.ts";
import { JSON_LINE, runtimes, text, wholeNumber } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { currentRuntime } from "../lib/runtimes.ts";
import { runTask, type Task } from "../lib/task.ts";
import { UsageError } from "../lib/usage_error.ts";
import { soakKills } from "./soak/soak_kills.ts";
import { soakRace } from "./soak/soak_race.ts";

const OPTIONS = {
  kills: wholeNumber("N", "how many kills in all", 1),
  "two-processes": wholeNumber(
    "SECONDS",
    "how long two processes write, under each conflict policy, and merging with journals",
    1,
  ),
  runtime: runtimes(
    "deno, bun, node, or all, which share the work; the one that runs this by default",
    [currentRuntime()],
  ),
  resume: text(
    "FILE",
    "keep the counts in FILE, and go on from those that are there; Ctrl-C loses nothing",
  ),
  seed: text("S", "repeat the choices of an earlier run; the moments are never quite the same"),
  lanes: wholeNumber("N", "how many victims live at a time, 2 by default", 1, 2),
  directory: text(
    "DIR",
    "where the stores lie, .soak by default; removed again unless something was lost",
    ".soak",
  ),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "soak",
  action: "soak",
  summary:
    `Kills writers of a store at random moments, and checks what they leave; or lets two processes write
one store, while a third one reads it all the time.`,
  usage: [
    "--kills N [--resume FILE] [options]",
    "--two-processes SECONDS [options]",
  ],
  options: OPTIONS,
  examples: [
    "--kills 300",
    "--kills 100000 --runtime all --resume soak.json",
    "--two-processes 60 --runtime all",
  ],
  exitCodes: "0 nothing acknowledged was lost, 1 something was, and the evidence is kept, " +
    "130 interrupted",
  run({ kills, "two-processes": seconds, runtime: runtimes, seed, ...options }, io) {
    if (seconds !== undefined) return soakRace({ seconds, runtimes, ...options }, io);
    if (kills === undefined) throw new UsageError("--kills is missing");
    return soakKills({ kills, runtimes, seed: seed ?? String(io.now()), ...options }, io);
  },
};

/** Runs the soak and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
