#!/usr/bin/env -S deno run -A --unstable-kv
/**
 * Measures the store, `deno task bench`: against the least that the disk allows, against SQLite and
 * other stores, and its own parts. All that is compared is measured in turn, in one run.
 *
 * @module
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { committersSection } from "./bench/committers.ts";
import { eventLoopSection } from "./bench/event_loop.ts";
import { garbageFlags } from "./bench/garbage.ts";
import { judgeGoals } from "./bench/goals.ts";
import { growthSection } from "./bench/growth.ts";
import { leaksSection } from "./bench/leaks.ts";
import { loadSection } from "./bench/load.ts";
import { memorySection } from "./bench/memory.ts";
import { peersSection } from "./bench/peers.ts";
import { fillPage, type Run, runsOf } from "./bench/performance_page.ts";
import { persistSection } from "./bench/persist.ts";
import { plotGrowth } from "./bench/plot.ts";
import type { Result, Section } from "./bench/section.ts";
import { slowDiskSection } from "./bench/slow_disk.ts";
import { stallsSection } from "./bench/stalls.ts";
import { startupSection } from "./bench/startup.ts";
import { toolSection } from "./bench/tool.ts";
import { updatesSection } from "./bench/updates.ts";
import { Child } from "./lib/child.ts";
import { type Io, paint, printJsonLine } from "./lib/io.ts";
import { flag, runtimes, some, text, type ValuesOf } from "./lib/options.ts";
import { processIo } from "./lib/process_io.ts";
import { Progress } from "./lib/progress.ts";
import { formatTable } from "./lib/table.ts";
import { currentRuntime, findExecutable, type Runtime } from "./lib/runtimes.ts";
import { runTask, type Task } from "./lib/task.ts";
import { UsageError } from "./lib/usage_error.ts";

// Updates come first: on Bun they take half as long again once the engine has compiled the same code
// for stores that persist.
const SECTIONS: readonly Section[] = [
  updatesSection,
  persistSection,
  committersSection,
  memorySection,
  loadSection,
  eventLoopSection,
  stallsSection,
  leaksSection,
  startupSection,
  slowDiskSection,
  peersSection,
  growthSection,
  toolSection,
];

const NAMES = SECTIONS.map(({ name }) => name);

const OPTIONS = {
  quick: flag("small tables and few rounds: done within a minute, and good for no figure"),
  only: some("SECTION", `${NAMES.join(", ")}; all by default`, NAMES),
  runtime: runtimes("deno, bun, node or all; the one that runs this by default", [
    currentRuntime(),
  ]),
  svg: text("FILE", "draw the cost of a persist against the size of the table"),
  directory: text(
    "DIR",
    "where to measure, .bench by default: on the disk that is meant",
    ".bench",
  ),
  json: flag("all figures, one line for each runtime"),
  page: text("FILE", "fill the tables of this page, such as docs/performance.md"),
  from: text("FILE", "measure nothing: take the figures that --json printed into this file"),
};

const TASK: Task<typeof OPTIONS> = {
  name: "bench",
  action: "measure",
  summary: "Measures the store against the floor, SQLite and other stores.",
  usage: ["[--quick] [--only SECTION]… [options]"],
  options: OPTIONS,
  examples: [
    "--only persist",
    "--runtime all --json > figures.json",
    "--only growth --svg growth.svg",
    "--runtime all --page docs/performance.md",
  ],
  exitCodes: "0 measured (no figure makes it fail), 1 it could not be",
  async run(values, io) {
    if (values.svg !== undefined && values.runtime.length > 1) {
      throw new UsageError("--svg draws what one runtime costs; say which with --runtime");
    }
    if (values.from !== undefined && values.page === undefined) {
      throw new UsageError("--from fills a page; say which with --page");
    }
    if (values.page !== undefined) {
      await writePage(values.page, values, io);
      return 0;
    }
    for (const runtime of values.runtime) {
      if (runtime === currentRuntime() && hasGarbageFlag()) await measureHere(values, io);
      else await measureElsewhere(runtime, values, io);
    }
    return 0;
  },
};

type Values = ValuesOf<typeof OPTIONS>;

/** Fills the tables of a page with the figures of each runtime. */
async function writePage(page: string, values: Values, io: Io): Promise<void> {
  let lines = values.from === undefined ? "" : await readFile(values.from, "utf8");
  if (values.from === undefined) {
    const out = (text: string) => void (lines += text);
    for (const runtime of values.runtime) {
      await measureElsewhere(runtime, { ...values, json: true }, { ...io, out });
    }
  }
  await fillPage(page, runsOf(lines));
  io.out(`${page} was written\n`);
}

/** Runs the bench and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

/** Whether garbage can be collected on demand, or never can be on this runtime. */
function hasGarbageFlag(): boolean {
  return garbageFlags().length === 0 || "gc" in globalThis;
}

/** In a process of another runtime, or one that may collect garbage. */
async function measureElsewhere(
  runtime: Runtime,
  { quick, only, svg, directory, json }: Values,
  io: Io,
): Promise<void> {
  const flags = {
    deno: ["run", "-A", "--unstable-kv", "--v8-flags=--expose-gc"],
    bun: [],
    node: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
  }[runtime];
  const program = fileURLToPath(import.meta.url);
  const options = [
    ...["--runtime", runtime, "--only", only.join(), "--directory", directory],
    ...[quick ? ["--quick"] : [], json ? ["--json"] : [], svg === undefined ? [] : ["--svg", svg]]
      .flat(),
  ];
  const command = [await findExecutable(runtime), ...flags, program, ...options];
  // On a terminal it shows its own progress.
  const child = new Child(command, { shows: io.isTerminal ? "output" : undefined });
  child.hangUp();
  for (let line = await child.take(); line !== undefined; line = await child.take()) {
    io.out(`${line}\n`);
  }
  const { code, errors } = await child.ended;
  if (code !== 0) throw new Error(`${runtime} ended with ${code}\n${errors}`);
}

async function measureHere({ quick, only, svg, directory, json }: Values, io: Io): Promise<void> {
  const parent = resolve(directory);
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "bench-"));
  const results: (Result & { readonly section: string })[] = [];
  const progress = new Progress(io, { isShown: !json });
  const show = (result: Result) => json || io.out(textOf(result, io));
  if (!json) io.out(paint(io, "bold", `On ${versionOf()}`) + "\n\n");
  try {
    for (const section of SECTIONS) {
      if (!only.includes(section.name)) continue;
      const found = await section.run({
        directory: folder,
        quick,
        progress: (what, share) => progress.draw(share, 1, what),
      });
      progress.clear();
      results.push(...found.map((result) => ({ ...result, section: section.name })));
      found.forEach(show);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const figures = results.flatMap(({ section, figures }) =>
    figures.map((figure) => ({ ...figure, section }))
  );
  const goals = judgeGoals(figures);
  if (!quick) show(goals);
  const runtime = versionOf();
  if (svg !== undefined) {
    await writeFile(svg, plotGrowth(figures, `One persist, one queue changed, on ${runtime}`));
  }
  if (json) {
    const judged = goals.figures.map((figure) => ({ ...figure, section: "goals" }));
    const run: Run = {
      runtime,
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      command: `deno task bench --runtime ${currentRuntime()}` +
        (only.length < NAMES.length ? ` --only ${only.join()}` : ""),
      quick,
      figures: [...figures, ...judged],
    };
    printJsonLine(io, run);
  }
}

function machine(): string {
  const [{ model }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${model.trim()}, ${memory} GiB, ${process.platform} ${release()}`;
}

function versionOf(): string {
  const runtime = currentRuntime();
  return `${runtime[0].toUpperCase()}${runtime.slice(1)} ${process.versions[runtime]}`;
}

function textOf({ title, columns, rows, notes = [] }: Result, io: Io): string {
  const table = formatTable(columns, rows, (cell, row) => row < 0 ? paint(io, "bold", cell) : cell);
  return `${paint(io, "bold", title)}\n${table}${notes.map((note) => `${note}\n`).join("")}\n`;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
