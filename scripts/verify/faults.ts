#!/usr/bin/env -S deno run --allow-env
/**
 * Lets every call of every operation of the store fail on a simulated disk, `deno task faults`: with
 * every error, before and after its effect, once, for a while and for ever; and crashes it after each.
 *
 * @module
 */
import process from "node:process";
import { CODES } from "./faults/failing_calls.ts";
import { callsOf, casesOf, faultOf, runCases } from "./faults/failing_calls_matrix.ts";
import { type Operation, OPERATIONS } from "./faults/failing_calls_operations.ts";
import { type Io, paint, printJsonLine } from "../lib/io.ts";
import { JSON_LINE, wholeNumber } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { formatTable } from "../lib/table.ts";
import { Progress } from "../lib/progress.ts";
import { runTask, type Task } from "../lib/task.ts";

const OPTIONS = {
  "one-out-of": wholeNumber("N", "run every N-th case only, for a first look", 1, 1),
  json: JSON_LINE,
};

const task = (operations: readonly Operation[]): Task<typeof OPTIONS> => ({
  name: "faults",
  action: "test",
  summary: "Lets every call of every operation of the store fail, and crashes it after each.",
  usage: ["[--one-out-of N] [--json]"],
  options: OPTIONS,
  details: `Each call fails with ${
    CODES.length - 1
  } codes and with an error that has none, before its
effect and after it, once, until the operation has returned, and for ever. WARNED counts the loads
of less than the last acknowledged, which the outcome tells: of ENOENT and EIO only.`,
  examples: ["", "--one-out-of 53"],
  exitCodes: "0 nothing acknowledged was lost, 1 something was",
  async run({ "one-out-of": every, json }, io) {
    const progress = new Progress(io, { unit: "cases", isShown: !json });
    const rows = await run(operations, every, async (done, all) => {
      progress.draw(done, all);
      // Lets the terminal and a Ctrl-C through.
      if (done % 50 === 0) await io.sleep(0);
    });
    progress.clear();
    return report(rows, json, io);
  },
});

interface Row {
  readonly name: string;
  readonly calls: number;
  cases: number;
  /** Distinct crashes after the failures. */
  states: number;
  /** Loads that went on with less than the last acknowledged, and said so. */
  warned: number;
  readonly violations: string[];
}

/** Runs the matrix and returns the exit code. */
export const main = (
  argv: readonly string[],
  io: Io,
  operations: readonly Operation[] = OPERATIONS,
): Promise<number> => runTask(task(operations), argv, io);

async function run(
  operations: readonly Operation[],
  every: number,
  onProgress: (done: number, all: number) => Promise<void>,
): Promise<Row[]> {
  const rows: Row[] = [];
  const calls = await Promise.all(operations.map(async (each) => (await callsOf(each)).length));
  const all = casesOf(calls.reduce((sum, each) => sum + each, 0));
  let done = 0;
  for (const [i, operation] of operations.entries()) {
    const { name } = operation;
    const row: Row = { name, calls: calls[i], cases: 0, states: 0, warned: 0, violations: [] };
    rows.push(row);
    for await (const result of runCases(operation, () => done++ % every === 0)) {
      row.cases++;
      row.states += result.states;
      const fault = faultOf(result);
      if (fault !== undefined) row.violations.push(`${result.name}\n${fault}`);
      else if (result.misled !== undefined) row.warned++;
      await onProgress(done, all);
    }
  }
  return rows;
}

function report(rows: readonly Row[], json: boolean, io: Io): number {
  const sum = (key: "calls" | "cases" | "states" | "warned") =>
    rows.reduce((total, row) => total + row[key], 0);
  const violations = rows.flatMap((row) => row.violations);
  const figures = {
    calls: sum("calls"),
    cases: sum("cases"),
    states: sum("states"),
    warned: sum("warned"),
    violations: violations.length,
  };
  if (json) printJsonLine(io, { ...figures, operations: rows });
  else {
    const cells = rows.map(({ name, calls, cases, states, warned, violations }) => [
      name,
      ...[calls, cases, states, warned, violations.length].map(String),
    ]);
    io.out(formatTable(COLUMNS, cells));
    if (violations.length > 0) io.err(paint(io, "red", violations[0]) + "\n");
    const line =
      `${figures.calls} calls, ${figures.cases} cases, ${figures.states} crashes after ` +
      `them, ${figures.violations} violations`;
    io.out(paint(io, violations.length === 0 ? "green" : "red", line) + "\n");
  }
  return violations.length === 0 ? 0 : 1;
}

const COLUMNS = [
  { title: "OPERATION" },
  ...["CALLS", "CASES", "CRASHES", "WARNED", "VIOLATIONS"].map((title) => (
    { title, align: "right" as const }
  )),
];

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
