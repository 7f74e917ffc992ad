#!/usr/bin/env -S deno run --allow-env
/**
 * Lets every call of every operation of the store fail on a simulated disk, `deno task faults`: with
 * every error, before and after its effect, once, for a while and for ever; and crashes it after each.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { CODES } from "./faults/failing_calls.ts";
import { callsOf, casesOf, faultOf, runCases } from "./faults/failing_calls_matrix.ts";
import { type Operation, OPERATIONS } from "./faults/failing_calls_operations.ts";
import { type Io, paint } from "../lib/io.ts";
import { processIo } from "../lib/process_io.ts";
import { formatTable } from "../lib/table.ts";
import { Progress } from "../lib/progress.ts";

const HELP = `Lets every call of every operation of the store fail, and crashes it after each

Usage: faults [--one-out-of N] [--json]

  --one-out-of N  run every N-th case only, for a first look
  --json          print the figures as JSON, one line
  --help          print this help

Examples:
  deno task faults
  deno task faults --one-out-of 53

Each call fails with ${
  CODES.length - 1
} codes and with an error that has none, before its effect and after it,
once, until the operation has returned, and for ever. WARNED counts the loads of less than the last
acknowledged, which the outcome tells: of ENOENT and EIO only.

Exit codes: 0 nothing acknowledged was lost, 1 something was, 2 wrong usage.
`;

const OPTIONS = {
  "one-out-of": { type: "string", default: "1" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

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
export async function main(
  argv: readonly string[],
  io: Io,
  operations: readonly Operation[] = OPERATIONS,
): Promise<number> {
  let values;
  try {
    values = parseArgs({ args: [...argv], options: OPTIONS }).values;
    const every = values["one-out-of"];
    if (!/^[1-9]\d{0,5}$/.test(every)) {
      throw new RangeError(`--one-out-of ${JSON.stringify(every)} is not a positive number`);
    }
  } catch (error) {
    io.err(paint(io, "red", `Cannot test: ${(error as Error).message}`) + "\n  See --help.\n");
    return 2;
  }
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const progress = new Progress(values.json ? { ...io, isTerminal: false } : io, 0, "cases");
  const rows = await run(operations, Number(values["one-out-of"]), async (done, all) => {
    progress.draw(done, all);
    // Lets the terminal and a Ctrl-C through.
    if (done % 50 === 0) await io.sleep(0);
  });
  progress.clear();
  return report(rows, values.json, io);
}

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
  if (json) io.out(JSON.stringify({ ...figures, operations: rows }) + "\n");
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
