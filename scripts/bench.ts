#!/usr/bin/env -S deno run -A --unstable-kv
/**
 * Measures the store, `deno task bench`: against the least that the disk allows, against SQLite and
 * other stores, and its own parts. All that is compared is measured in turn, in one run.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { committersSection } from "./bench/committers.ts";
import { eventLoopSection } from "./bench/event_loop.ts";
import { garbageFlags } from "./bench/garbage.ts";
import { judgeGoals } from "./bench/goals.ts";
import { growthSection } from "./bench/growth.ts";
import { loadSection } from "./bench/load.ts";
import { memorySection } from "./bench/memory.ts";
import { peersSection } from "./bench/peers.ts";
import { persistSection } from "./bench/persist.ts";
import { plotGrowth } from "./bench/plot.ts";
import type { Result, Section } from "./bench/section.ts";
import { updatesSection } from "./bench/updates.ts";
import { type Io, paint } from "./lib/io.ts";
import { processIo } from "./lib/process_io.ts";
import { formatTable } from "./lib/table.ts";
import { currentRuntime, findExecutable, readRuntimes, type Runtime } from "./lib/runtimes.ts";

// Updates come first: on Bun they take half as long again once the engine has compiled the same code
// for stores that persist.
const SECTIONS: readonly Section[] = [
  updatesSection,
  persistSection,
  committersSection,
  memorySection,
  loadSection,
  eventLoopSection,
  peersSection,
  growthSection,
];

const NAMES = SECTIONS.map(({ name }) => name);

const HELP = `Measures the store against the floor, SQLite and other stores

Usage: bench [--quick] [--only SECTION]… [--runtime R] [--svg FILE] [--directory DIR] [--json]

  --quick          small tables and few rounds: done within a minute, and good for no figure
  --only SECTION   ${NAMES.slice(0, 4).join(", ")},
                   ${NAMES.slice(4).join(", ")}
  --runtime R      deno, bun, node or all; the one that runs this unless told
  --svg FILE       draw the cost of a persist against the size of the table
  --directory DIR  where to measure, .bench unless told: on the disk that is meant
  --json           all figures, one line for each runtime
  --help           print this help

Examples:
  deno task bench --only persist
  deno task bench --runtime all --json > figures.json
  deno task bench --only growth --svg growth.svg

Exit codes: 0 measured, 1 it could not be, 2 wrong usage. No figure makes it fail.
`;

const OPTIONS = {
  quick: { type: "boolean", default: false },
  only: { type: "string", multiple: true, default: [] as string[] },
  runtime: { type: "string", default: currentRuntime() as string },
  svg: { type: "string" },
  directory: { type: "string", default: ".bench" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Runs the bench and returns its exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let values;
  try {
    values = parseArgs({ args: [...argv], options: OPTIONS }).values;
    if (values.help) {
      io.out(HELP);
      return 0;
    }
    const unknown = values.only.find((name) => !NAMES.includes(name));
    if (unknown !== undefined) {
      throw new RangeError(`--only ${JSON.stringify(unknown)} is none of ${NAMES.join(", ")}`);
    }
    const runtimes = readRuntimes(values.runtime);
    if (values.svg !== undefined && runtimes.length > 1) {
      throw new RangeError("--svg draws what one runtime costs; say which with --runtime");
    }
    for (const runtime of runtimes) {
      if (runtime === currentRuntime() && hasGarbageFlag()) await measureHere(values, io);
      else await measureElsewhere(runtime, argv, io);
    }
    return 0;
  } catch (error) {
    const isUsage = values === undefined || error instanceof RangeError;
    const { message, stack } = error as Error;
    const state = isUsage ? `${message}\n  See bench --help.` : stack ?? message;
    io.err(paint(io, "red", `Cannot measure: ${state}`) + "\n");
    return isUsage ? 2 : 1;
  }
}

/** Whether garbage can be collected on demand, or never can be on this runtime. */
function hasGarbageFlag(): boolean {
  return garbageFlags().length === 0 || "gc" in globalThis;
}

/** In a process of another runtime, or one that may collect garbage. */
async function measureElsewhere(
  runtime: Runtime,
  argv: readonly string[],
  io: Io,
): Promise<void> {
  const flags = {
    deno: ["run", "-A", "--unstable-kv", "--v8-flags=--expose-gc"],
    bun: [],
    node: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
  }[runtime];
  const executable = await findExecutable(runtime);
  const program = fileURLToPath(import.meta.url);
  const args = [...flags, program, ...argv, "--runtime", runtime];
  // On a terminal it shows its own progress.
  const child = spawn(executable, args, {
    stdio: ["ignore", io.isTerminal ? "inherit" : "pipe", "pipe"],
  });
  let errors = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => io.out(text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => errors += text);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${runtime} ended with ${code}\n${errors}`);
}

interface Values {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly svg?: string;
  readonly directory: string;
  readonly json: boolean;
}

async function measureHere({ quick, only, svg, directory, json }: Values, io: Io): Promise<void> {
  const parent = resolve(directory);
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "bench-"));
  const results: Result[] = [];
  const show = (result: Result) => json || io.out(textOf(result, io));
  if (!json) io.out(paint(io, "bold", `On ${versionOf()}`) + "\n\n");
  try {
    for (const section of SECTIONS) {
      if (only.length > 0 && !only.includes(section.name)) continue;
      const found = await section.run({
        directory: folder,
        quick,
        progress: (what, share) => progress(io, json, what, share),
      });
      progress(io, json, "", 1);
      results.push(...found);
      found.forEach(show);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const figures = results.flatMap((result) => result.figures);
  const goals = judgeGoals(figures);
  if (!quick) show(goals);
  const runtime = versionOf();
  if (svg !== undefined) {
    await writeFile(svg, plotGrowth(figures, `One persist, one queue changed, on ${runtime}`));
  }
  if (json) {
    io.out(JSON.stringify({ runtime, quick, figures: [...figures, ...goals.figures] }) + "\n");
  }
}

function versionOf(): string {
  const runtime = currentRuntime();
  return `${runtime[0].toUpperCase()}${runtime.slice(1)} ${process.versions[runtime]}`;
}

function progress(io: Io, json: boolean, what: string, share: number): void {
  if (!io.isTerminal || json) return;
  const bar = "#".repeat(Math.floor(20 * share)).padEnd(20, ".");
  io.out(share >= 1 && what === "" ? "\r\x1b[K" : `\r\x1b[K[${bar}] ${what}`);
}

function textOf({ title, columns, rows, notes = [] }: Result, io: Io): string {
  const table = formatTable(columns, rows, (cell, row) => row < 0 ? paint(io, "bold", cell) : cell);
  return `${paint(io, "bold", title)}\n${table}${notes.map((note) => `${note}\n`).join("")}\n`;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
