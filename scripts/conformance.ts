#!/usr/bin/env -S deno run -A
/**
 * The conformance kit: holds any client's local offset store against the specification, through a
 * driver that speaks JSON lines. It works on Deno, Bun and Node, and Deno runs it from a URL.
 *
 * `deno task conformance -- ./driver`, or without a checkout `deno run -A URL -- ./driver`.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { DriverProcess, PATIENCE, type Patience } from "./conformance/driver_process.ts";
import { OPTIONS, type Options } from "./conformance/options.ts";
import { compareResults, isFault, type Report, type Result } from "./conformance/report.ts";
import { reportHtml } from "./conformance/report_html.ts";
import { reportTable } from "./conformance/report_table.ts";
import { runKit } from "./conformance/run_kit.ts";
import { CONSEQUENCES, SEVERITIES } from "./conformance/severity.ts";
import { linkPrefix } from "./conformance/specification.ts";
import { Unusable } from "./conformance/verdict.ts";
import { EXIT } from "./lib/exit_code.ts";
import { type Io, paint, printJsonLine } from "./lib/io.ts";
import { text } from "./lib/options.ts";
import { processIo } from "./lib/process_io.ts";
import { Progress } from "./lib/progress.ts";
import { runTask, type Task } from "./lib/task.ts";
import { UsageError } from "./lib/usage_error.ts";
import { helpColumns } from "./lib/words.ts";

/** How a user starts this program: from a checkout, or from its URL. */
const COMMAND = import.meta.url.startsWith("file:")
  ? "deno task conformance"
  : `deno run -A ${import.meta.url}`;

const TASK: Task<typeof OPTIONS> = {
  name: "conformance",
  action: "run the kit",
  summary: `Holds any client's offset store against the specification: starts a driver around it,
makes calls, damages its files and kills it, and reports for each clause whether it holds, or the
shortest story that breaks it. docs/conformance.md shows how to write a driver.`,
  usage: ["[options] [--] COMMAND [ARGUMENT…]", "report --html FILE REPORT.json…"],
  options: OPTIONS,
  command: COMMAND,
  examples: [
    "-- ./my-driver",
    "--only U,P7 --runs 1000 -- python3 driver.py --verbose",
    "--json -- ./my-driver > mine.json",
    "report --html matrix.html ours.json mine.json",
  ],
  exitCodes: "0 everything holds that the profile promises, 1 something does not, " +
    "3 the driver cannot be used, 130 interrupted",
  takes: "command",
  async run(options, io, command) {
    if (command[0] === "report") return await runTask(REPORT_TASK, command.slice(1), io);
    if (options.list) {
      io.out(list(options));
      return EXIT.ok;
    }
    if (command.length === 0) throw new UsageError("the command is missing");
    try {
      return await hold(command, options, io);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      io.err(paint(io, "red", `Cannot run the kit: ${error.message}`) + "\n");
      return EXIT.failure;
    }
  },
};

/** Runs the kit and returns its exit code. */
export function main(argv: readonly string[], io: Io): Promise<number> {
  // `deno task` passes the `--` on.
  const args = argv[0] === "--" && argv[1]?.startsWith("-") ? argv.slice(1) : argv;
  return runTask(TASK, args, io);
}

async function hold(command: readonly string[], options: Options, io: Io): Promise<number> {
  const { only: clauses, html, json } = options;
  const progress = new Progress(io, { unit: "clauses" });
  const patience: Patience = (op) => op === "hello" ? options.start * 1000 : PATIENCE(op);
  const report = await runKit((prefix) => DriverProcess.start(command, prefix, patience), {
    ...options,
    clauses,
    seed: options.seed ?? io.now() % 1_000_000_000,
    onProgress: (done, next = "done") => progress.draw(done, clauses.length, next),
  });
  progress.clear();
  if (json) printJsonLine(io, report);
  else io.out(reportTable(report, io));
  if (html !== undefined) await writeFile(html, reportHtml([report], linkPrefix(html)));
  return report.results.some(isFault) ? EXIT.finding : EXIT.ok;
}

/** The clauses, the worst severity first. */
function list({ only }: Options): string {
  const clauses = only.toSorted(compareResults);
  const parts = SEVERITIES.map((severity) => {
    const own = clauses.filter((clause) => clause.severity === severity);
    if (own.length === 0) return [];
    const rows = own.map(({ id, text }) => [id, text] as const);
    return [`${severity.toUpperCase()}: ${CONSEQUENCES[severity]}\n${helpColumns(rows)}\n`];
  });
  return parts.flat().join("\n");
}

const REPORT_OPTIONS = { html: text("FILE", "where the page goes") };

const REPORT_TASK: Task<typeof REPORT_OPTIONS> = {
  name: "conformance report",
  action: "make the page",
  summary: "Makes one page of several reports.",
  usage: ["--html FILE REPORT.json…"],
  options: REPORT_OPTIONS,
  command: `${COMMAND} report`,
  examples: ["--html matrix.html ours.json mine.json"],
  exitCodes: "0 it is made",
  takes: "operands",
  async run({ html }, io, files) {
    if (html === undefined || files.length === 0) {
      throw new UsageError("a report needs --html FILE and the reports that --json printed");
    }
    const reports: Report[] = [];
    for (const file of files) reports.push(await readReport(file));
    await writeFile(html, reportHtml(reports, linkPrefix(html)));
    const names = reports.map(({ client }) => `${client.name} ${client.version}`);
    io.out(`${html}: ${names.join(", ")}\n`);
    return EXIT.ok;
  },
};

async function readReport(file: string): Promise<Report> {
  try {
    const report = JSON.parse(await readFile(file, "utf8")) as Report;
    const isResult = ({ id, severity }: Result) =>
      typeof id === "string" && SEVERITIES.includes(severity);
    if (!Array.isArray(report.results) || !report.results.every(isResult)) {
      throw new TypeError("it has no results, or another version of the kit made it");
    }
    return report;
  } catch (error) {
    throw new UsageError(`Cannot read report "${file}": ${(error as Error).message}`);
  }
}

if (import.meta.main) {
  process.once("SIGINT", () => process.exit(130));
  process.exitCode = await main(process.argv.slice(2), processIo());
}
