#!/usr/bin/env -S deno run -A
/**
 * Tells which lines and branches of `src` the tests of the core and of the file store reach,
 * `deno task coverage`.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Child } from "../lib/child.ts";
import { type Io, paint, printJsonLine } from "../lib/io.ts";
import { JSON_LINE } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { formatTable } from "../lib/table.ts";
import { runTask, type Task } from "../lib/task.ts";

/** How much of a file is covered. */
interface FileCoverage {
  /** The path from the repository's root. */
  readonly path: string;
  readonly lines: Count;
  readonly branches: Count;
  /** The lines that are missed, or of which a branch is. */
  readonly missed: readonly number[];
}

interface Count {
  readonly found: number;
  readonly hit: number;
}

const FOLDER = "coverage";
const root = new URL("../../", import.meta.url);

/** Runs Deno and answers its standard output; what goes wrong is shown as it is. */
async function deno(...args: readonly string[]): Promise<string> {
  const child = new Child([Deno.execPath(), ...args], {
    cwd: fileURLToPath(root),
    shows: "errors",
  });
  child.hangUp();
  const { code, lines } = await child.ended;
  if (code === 0) return lines.join("\n");
  throw new Error(`deno ${args[0]} failed\n${lines.join("\n")}`);
}

function parseLcov(text: string): FileCoverage[] {
  const records = text.split("end_of_record").filter((record) => record.includes("SF:"));
  return records.map((record) => {
    const fields = record.trim().split("\n").map((line) => line.split(/[:,]/));
    const sum = (name: string) => Number(fields.find(([field]) => field === name)?.[1] ?? 0);
    // DA:line,count and BRDA:line,block,branch,count; a branch whose block is never reached has "-".
    const missed = fields.filter(([field, , ...rest]) =>
      ["DA", "BRDA"].includes(field) && ["0", "-"].includes(rest.at(-1)!)
    ).map(([, line]) => Number(line));
    const path = /SF:(.*)/.exec(record)![1].replaceAll("\\", "/");
    return {
      path: path.slice(path.lastIndexOf("/src/") + 1),
      lines: { found: sum("LF"), hit: sum("LH") },
      branches: { found: sum("BRF"), hit: sum("BRH") },
      missed: [...new Set(missed)].sort((a, b) => a - b),
    };
  });
}

// At the beginning of a line; a file without has nothing but types, which leave nothing to run.
const CODE = /^(export )?(async |abstract )*(class|const|let|function|\*|\{)/m;

/** The sources of a folder that the report lacks: no test loads them, or they were edited meanwhile. */
function unreported(folder: string, files: readonly FileCoverage[]): FileCoverage[] {
  const reported = new Set(files.map(({ path }) => path));
  const none = { found: 1, hit: 0 };
  return sourcesIn(folder)
    .filter((path) => !reported.has(path) && CODE.test(Deno.readTextFileSync(new URL(path, root))))
    .map((path) => ({ path, lines: none, branches: none, missed: [] }));
}

function sourcesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) =>
    isDirectory ? sourcesIn(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

function total(path: string, files: readonly FileCoverage[]): FileCoverage {
  const sum = (what: "lines" | "branches") =>
    files.reduce(
      ({ found, hit }, file) => ({ found: found + file[what].found, hit: hit + file[what].hit }),
      { found: 0, hit: 0 },
    );
  return { path, lines: sum("lines"), branches: sum("branches"), missed: [] };
}

function percent({ found, hit }: Count): string {
  // Rounded down: 100.0 is said of nothing less.
  return (found === 0 ? 100 : Math.floor(1000 * hit / found) / 10).toFixed(1);
}

function isComplete({ lines, branches }: FileCoverage): boolean {
  return lines.hit === lines.found && branches.hit === branches.found;
}

async function measure(): Promise<FileCoverage[]> {
  await deno(
    ...["test", "--quiet", "--parallel", "-A", `--coverage=${FOLDER}`, "--clean"],
    ...["tests/core", "tests/file"],
  );
  const files = parseLcov(await deno("coverage", "--quiet", FOLDER, "--lcov", "--include=/src/"));
  return ["src/core", "src/file"].flatMap((folder) => {
    const inFolder = [
      ...files.filter(({ path }) => path.startsWith(`${folder}/`)),
      ...unreported(folder, files),
    ].sort((a, b) => a.path < b.path ? -1 : 1);
    return [...inFolder, total(folder, inFolder)];
  });
}

const COLUMNS = [
  { title: "FILE" },
  { title: "LINES %", align: "right" },
  { title: "BRANCHES %", align: "right" },
  { title: "MISSED" },
] as const;

function tableOf(rows: readonly FileCoverage[], io: Io): string {
  const cells = rows.map((row) => {
    const missed = row.lines.hit === 0 ? "all, it was not reported" : row.missed.join(" ");
    return [row.path, percent(row.lines), percent(row.branches), missed];
  });
  return formatTable(COLUMNS, cells, (cell, row) => {
    if (row < 0) return paint(io, "bold", cell);
    return isComplete(rows[row]) ? cell : paint(io, "yellow", cell);
  });
}

const OPTIONS = { json: JSON_LINE };

const TASK: Task<typeof OPTIONS> = {
  name: "coverage",
  action: "measure the coverage",
  summary: `Runs the tests of the core and of the file store, and tells which lines and branches of
src they reach.`,
  usage: ["[--json]"],
  options: OPTIONS,
  examples: [""],
  exitCodes: "0 the tests reach all of src/core, 1 they do not, or one fails",
  async run({ json }, io) {
    const rows = await measure();
    if (json) printJsonLine(io, { files: rows });
    else io.out(tableOf(rows, io));
    if (isComplete(rows.find(({ path }) => path === "src/core")!)) return 0;
    io.err(paint(io, "red", "The tests do not reach all of src/core") + "\n");
    return 1;
  },
};

if (import.meta.main) process.exitCode = await runTask(TASK, process.argv.slice(2), processIo());
