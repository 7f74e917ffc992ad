#!/usr/bin/env -S deno run -A
/**
 * The conformance kit, `deno task conformance -- COMMAND…`: holds any client's local offset store
 * against the specification, through a driver that speaks JSON lines. It works on Deno, Bun and
 * Node.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { DriverProcess } from "./conformance/driver_process.ts";
import { HELP, type Options, readOptions } from "./conformance/options.ts";
import { Progress } from "./conformance/progress.ts";
import type { Report } from "./conformance/report.ts";
import { reportHtml } from "./conformance/report_html.ts";
import { reportTable } from "./conformance/report_table.ts";
import { runKit } from "./conformance/run_kit.ts";
import { NotShown, Unsupported } from "./conformance/verdict.ts";
import { EXIT } from "./lib/exit_code.ts";
import { type Io, paint } from "./lib/io.ts";
import { processIo } from "./lib/process_io.ts";
import { formatTable } from "./lib/table.ts";

/** Runs the kit and returns its exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    // `deno task` passes the `--` on.
    const args = argv[0] === "--" && argv[1]?.startsWith("-") ? argv.slice(1) : argv;
    if (args[0] === "report") return await combine(args.slice(1), io);
    const options = readOptions(args);
    if (options.help) io.out(HELP);
    else if (options.list) io.out(list(options));
    else return await run(options, io);
    return EXIT.ok;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof RangeError) {
      io.err(paint(io, "red", `Cannot run the kit: ${message}`) + "\n  See conformance --help.\n");
      return EXIT.usage;
    }
    if (!(error instanceof NotShown || error instanceof Unsupported)) {
      // What a driver does before the first clause, such as dying at hello.
      if ((error as Error).name !== "DriverDied") throw error;
    }
    io.err(paint(io, "red", `Cannot run the kit: ${message}`) + "\n");
    return EXIT.failure;
  }
}

async function run(options: Options, io: Io): Promise<number> {
  const { command, clauses, html, json } = options;
  const progress = new Progress(io, clauses.length);
  const report = await runKit((prefix) => DriverProcess.start(command, prefix), {
    ...options,
    seed: options.seed ?? io.now() % 1_000_000_000,
    onProgress: (done, next) => progress.draw(done, next),
  });
  progress.clear();
  io.out(json ? JSON.stringify(report) + "\n" : reportTable(report, io));
  if (html !== undefined) await writeFile(html, reportHtml([report]));
  return report.results.some(({ state }) => state === "fails") ? EXIT.finding : EXIT.ok;
}

function list({ clauses }: Options): string {
  const columns = [{ title: "CLAUSE" }, { title: "WHAT" }];
  return formatTable(columns, clauses.map(({ id, text }) => [id, text]));
}

/** Makes one page of several reports. */
async function combine(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { html: { type: "string" } },
    allowPositionals: true,
    strict: false,
  });
  const { html } = values;
  if (typeof html !== "string" || positionals.length === 0) {
    throw new RangeError("a report needs --html FILE and the reports that --json printed");
  }
  const reports: Report[] = [];
  for (const file of positionals) reports.push(await readReport(file));
  await writeFile(html, reportHtml(reports));
  io.out(
    `${html}: ${reports.map(({ client }) => `${client.name} ${client.version}`).join(", ")}\n`,
  );
  return EXIT.ok;
}

async function readReport(file: string): Promise<Report> {
  try {
    const report = JSON.parse(await readFile(file, "utf8")) as Report;
    if (!Array.isArray(report.results)) throw new TypeError("it has no results");
    return report;
  } catch (error) {
    throw new RangeError(`Cannot read report "${file}": ${(error as Error).message}`);
  }
}

if (import.meta.main) {
  process.once("SIGINT", () => process.exit(130));
  process.exitCode = await main(process.argv.slice(2), processIo());
}
