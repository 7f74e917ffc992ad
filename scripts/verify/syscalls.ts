#!/usr/bin/env -S deno run -A
/**
 * Kills the store, and makes its calls fail, at every system call of a load and a persist, with
 * strace: `deno task syscalls`. It works on Deno, Bun and Node.
 *
 * @module
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { type Io, paint, printJsonLine } from "../lib/io.ts";
import { JSON_LINE, runtimes, text } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { formatTable } from "../lib/table.ts";
import { failuresOf, FAULTS, type Probe, probeAll, SETTINGS } from "./syscalls/probe_all.ts";
import { RUNTIMES } from "../lib/runtimes.ts";
import { Progress } from "../lib/progress.ts";
import { runTask, type Task } from "../lib/task.ts";
import { whyNoStrace } from "./syscalls/strace.ts";

const OPTIONS = {
  runtime: runtimes("deno, bun, node, or all, which is the default", RUNTIMES),
  directory: text("DIR", "where the stores lie, .soak by default; removed again", ".soak"),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "syscalls",
  action: "probe",
  summary:
    `Kills the store, and makes its calls fail with EIO, at every system call that touches its
directory: of a load, of the first persist of all, of a later one, of the first record of a journal,
and of a close.`,
  usage: ["[--runtime R] [--directory DIR] [--json]"],
  options: OPTIONS,
  details: `Needs strace, and the right to trace. A fault comes before the
call has any effect, so that a kill at each call is a kill after the one before it. What the table
shows: which generation a fresh process loads after a kill, and what the store said of a failing
call, which was then made again.`,
  examples: ["", "--runtime node"],
  exitCodes: "0 every boundary was met and nothing acknowledged was lost, 1 not so",
  async run({ runtime, json, ...options }, io) {
    const obstacle = await whyNoStrace();
    if (obstacle !== undefined) {
      io.err(paint(io, "red", `Cannot probe: ${obstacle}`) + "\n");
      return 1;
    }
    const directory = resolve(options.directory);
    await mkdir(directory, { recursive: true });
    const folder = await mkdtemp(join(directory, "syscalls-"));
    const progress = new Progress(io, { unit: "faults", isShown: !json });
    try {
      const probes = await probeAll({
        folder,
        runtimes: runtime,
        settings: SETTINGS,
        onProgress: (done, all) => progress.draw(done, all),
      });
      progress.clear();
      return report(probes, json, io);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** Injects all faults and returns the exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

function report(probes: readonly Probe[], json: boolean, io: Io): number {
  const failures = failuresOf(probes);
  const boundaries = probes.reduce((sum, probe) => sum + probe.boundaries.length, 0);
  if (json) {
    const figures = probes.map(({ runtime, setting, boundaries, outcomes }) => ({
      runtime,
      setting,
      boundaries: boundaries.map((boundary) => ({
        ...boundary,
        ...Object.fromEntries(outcomes.get(boundary) ?? []),
      })),
    }));
    printJsonLine(io, { boundaries, failures, probes: figures });
  } else {
    for (const probe of probes) io.out(tableOf(probe) + "\n");
    for (const failure of failures) io.err(paint(io, "red", failure) + "\n");
    const line = `${boundaries} boundaries, ${FAULTS.length} faults at each, ` +
      `${failures.length} failures`;
    io.out(paint(io, failures.length === 0 ? "green" : "red", line) + "\n");
  }
  return failures.length === 0 ? 0 : 1;
}

function tableOf({ runtime, setting, boundaries, outcomes }: Probe): string {
  const titles = ["PHASE", "CALL", "FILE", "A KILL LEAVES", "EIO GIVES"];
  const rows = boundaries.map((boundary) => [
    boundary.phase,
    boundary.call,
    boundary.targets.join(" -> "),
    ...FAULTS.map((fault) => outcomes.get(boundary)?.get(fault) ?? "NOT INJECTED"),
  ]);
  return `${runtime}, ${setting}\n${formatTable(titles.map((title) => ({ title })), rows)}`;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
