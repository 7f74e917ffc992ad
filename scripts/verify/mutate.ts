#!/usr/bin/env -S deno run -A
/**
 * Tests the tests, `deno task mutate`: Stryker changes the sources in one place at a time, and for
 * each change some test must fail.
 *
 * @module
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Figures, figuresOf, scoreOf, type Survivor, survivorsOf } from "./mutate/report.ts";
import {
  type Part,
  PARTS,
  runStryker,
  sourcesOf,
  type StrykerOptions,
  thresholdOf,
} from "./mutate/stryker.ts";
import { type Io, paint, printJsonLine } from "../lib/io.ts";
import { flag, JSON_LINE, some, text } from "../lib/options.ts";
import { runTask, type Task } from "../lib/task.ts";
import { UsageError } from "../lib/usage_error.ts";
import { processIo } from "../lib/process_io.ts";
import { formatTable } from "../lib/table.ts";

const ROOT = new URL("../../", import.meta.url);

const OPTIONS = {
  only: some("PART", "only src/core, or only src/file", PARTS),
  files: text("GLOB", "only these sources", "src/**/*.ts"),
  tests: text("FILE", "only this test file is run: a rule against the test that states it"),
  quick: flag("without tests/crash, which takes long; what survives then may not survive all"),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "mutate",
  action: "mutate",
  summary:
    "Changes the sources in one place at a time, and counts the changes that no test notices.",
  usage: ["[--only core|file] [--files GLOB] [--tests FILE | --quick] [--json]"],
  options: OPTIONS,
  details:
    `The tests of src/core are in tests/core, those of src/file in tests/file and tests/crash.
They run on Node, quickly: small slices, crashes one deep. What they let live, the
whole suite might kill, never the other way round.`,
  examples: [
    "--only core",
    "--files src/core/commit_plan.ts --tests tests/core/commit_plan_test.ts",
    "--json | tail -n 1",
  ],
  exitCodes: "0 enough was noticed of each part, 1 it was not or it could not be found out",
  async run({ only, files, tests, quick, json }, io) {
    if (tests !== undefined && !existsSync(fileURLToPath(new URL(tests, ROOT)))) {
      throw new UsageError(`--tests ${JSON.stringify(tests)} is no file below the project's root`);
    }
    const results: PartResult[] = [];
    for (const part of only) {
      const sources = await sourcesOf(part, files);
      if (sources.length > 0) {
        results.push(
          await mutate(part, sources, { tests, isQuick: quick, shows: io.isTerminal && !json }),
        );
      }
    }
    if (results.length === 0) {
      throw new UsageError(`no source matches --files ${JSON.stringify(files)}`);
    }
    if (json) printJsonLine(io, { parts: results });
    else print(io, results);
    return results.every(isEnough) ? 0 : 1;
  },
};

/** The findings about a part. */
interface PartResult {
  readonly part: Part;
  readonly threshold: number;
  readonly score: number;
  readonly total: Figures;
  readonly files: readonly { readonly file: string; readonly figures: Figures }[];
  readonly survivors: readonly Survivor[];
}

async function mutate(
  part: Part,
  sources: readonly string[],
  how: StrykerOptions,
): Promise<PartResult> {
  const report = await runStryker(part, sources, how);
  const files = sources.map((file) => ({
    file,
    figures: figuresOf(report.files[file]?.mutants ?? []),
  })).filter(({ figures }) => figures.mutants > 0);
  const total = figuresOf(Object.values(report.files).flatMap(({ mutants }) => mutants));
  const [threshold, score] = [await thresholdOf(part), scoreOf(total)];
  return { part, threshold, score, total, files, survivors: survivorsOf(report) };
}

const isEnough = ({ score, threshold }: PartResult) => score >= threshold;

// Rounded down: 100.0 is said of nothing less.
const percent = (score: number) => (Math.floor(10 * score) / 10).toFixed(1);

function print(io: Io, results: readonly PartResult[]): void {
  const rows = results.flatMap(({ part, total, files }) => [
    ...files,
    { file: `src/${part}`, figures: total },
  ]);
  const titles = ["MUTANTS", "KILLED", "TIMEOUT", "SURVIVED", "IGNORED", "SCORE %"];
  const columns = [
    { title: "FILE" },
    ...titles.map((title) => ({ title, align: "right" as const })),
  ];
  const cells = rows.map(({ file, figures }) => {
    const { mutants, killed, timeouts, survived, ignored } = figures;
    const counts = [mutants, killed, timeouts, survived, ignored].map(String);
    return [file, ...counts, percent(scoreOf(figures))];
  });
  io.out(formatTable(columns, cells, (cell, row) => {
    if (row < 0) return paint(io, "bold", cell);
    return rows[row].figures.survived === 0 ? cell : paint(io, "yellow", cell);
  }));
  for (const { survivors } of results) {
    for (const { file, line, column, mutator, original, replacement } of survivors) {
      io.out(`\n${paint(io, "yellow", `${file}:${line}:${column}`)} ${mutator} survived\n`);
      io.out(`${indent("- ", original)}${indent("+ ", replacement)}`);
    }
  }
  io.out(
    "\n" + results.map(({ part, score, threshold, total }) => {
      const { mutants, killed, timeouts, survived, ignored } = total;
      return `${part}: ${percent(score)} % of at least ${threshold} %, ${mutants} mutants, ` +
        `${killed} killed, ${timeouts} timed out, ${survived} survived, ${ignored} ignored`;
    }).join("; ") + "\n",
  );
}

const indent = (sign: string, text: string) => text.replace(/^/gm, `  ${sign}`) + "\n";

/** Runs the mutants and returns the exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
