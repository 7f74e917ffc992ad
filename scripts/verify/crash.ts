#!/usr/bin/env -S deno run --allow-env=NO_COLOR --allow-read=.
/**
 * Crashes the store in every way that a simulated disk knows, `deno task crash`: after every
 * micro-operation, by a kill and by every outcome of a power cut, and again during the recovery.
 *
 * Then it does the same to the protocol with a step taken away, and to the protocols of other
 * writers, which must lose data: a test that cannot fail proves nothing. The exit code is 1 if the
 * store lost anything, or if something that must lose data did not.
 *
 * @module
 */
import process from "node:process";
import { exploreAll, type Row } from "./crash/explore_all.ts";
import type { Kind } from "./crash/jobs.ts";
import { type Io, printJsonLine } from "../lib/io.ts";
import { flag, JSON_LINE, one, type ValuesOf, wholeNumber } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { Progress } from "../lib/progress.ts";
import type { Tags } from "./crash/story/explore_story.ts";
import { UNDETECTED } from "./crash/undetected.ts";
import { formatTable } from "../lib/table.ts";
import { runTask, type Task } from "../lib/task.ts";

/** Of each scenario: all of them together then have more than a million. */
const MAX_STATES = 5_000;

const DEPTHS = ["1", "2", "3"] as const;

const OPTIONS = {
  depth: one("N", "how many crashes follow one another, 1 to 3; 3 by default", DEPTHS, "3"),
  max: wholeNumber(
    "N",
    `no second or third crash of a scenario once it has so many states; ${MAX_STATES} by default`,
    1,
    MAX_STATES,
  ),
  stories: flag("tell the first violation of each protocol that must lose data"),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "crash",
  action: "crash",
  summary: "Crashes the store in every way that a simulated disk knows.",
  usage: ["[--depth N] [--max N] [--stories] [--json]"],
  options: OPTIONS,
  examples: ["--depth 1", "--stories --depth 1", "--json | tail -n 1"],
  exitCodes: "0 the store lost nothing and every sabotage is detected that can be, 1 not so",
  run: crash,
};

async function crash(
  { depth: crashes, max, stories, json }: ValuesOf<typeof OPTIONS>,
  io: Io,
): Promise<number> {
  const depth = Number(crashes);
  const began = io.now();
  const progress = new Progress(io, { isShown: !json });
  const onProgress = (done: number, all: number, states: number, name: string) =>
    progress.draw(done, all, `${states.toLocaleString("en")} states  ${name}`);
  const run = async (kind: Kind) => {
    const found = await exploreAll(kind, { depth, maxStates: max, onProgress });
    progress.clear();
    return found;
  };
  const print = (title: string, rows: readonly Row[], tell: boolean) =>
    json || io.out(`${title}\n${tableOf(rows, tell)}\n`);
  const { rows: ours, tags } = await run("store");
  print(`The store, ${depth} crashes deep, up to ${max} states of each scenario`, ours, true);
  const { rows: sabotaged } = await run("sabotage");
  print("The store with a step or a rule taken away", sabotaged, stories);
  const { rows: peers } = await run("peer");
  print("The protocols of other writers", peers, stories);
  const sum = (rows: readonly Row[], key: "states" | "violations") =>
    rows.reduce((total, row) => total + row[key], 0);
  const [states, violations] = [sum(ours, "states"), sum(ours, "violations")];
  const detected = sabotaged.filter((row) => row.violations > 0).length;
  const wrong = sabotaged.filter((row) => row.violations > 0 === isListed(row));
  const minutes = (io.now() - began) / 60_000;
  if (json) {
    const figures = (rows: readonly Row[]) =>
      rows.map(({ name, states, violations }) => ({ name, states, violations }));
    printJsonLine(io, {
      depth,
      max,
      states,
      violations,
      minutes: Number(minutes.toFixed(1)),
      statesAfter: Object.fromEntries(tags),
      sabotagesDetected: detected,
      sabotages: sabotaged.length,
      sabotagesNotAsListed: wrong.map(({ name }) => name),
      scenarios: figures(ours),
      sabotaged: figures(sabotaged),
      peers: figures(peers),
    });
  } else {
    io.out(`${sharesOf(tags, states)}\n`);
    for (const { name } of wrong) io.out(`Not as listed in undetected.ts: ${name}\n`);
    io.out(
      `${states.toLocaleString("en")} distinct states in ${minutes.toFixed(1)} minutes, ` +
        `${violations} violations; ${detected} of ${sabotaged.length} sabotages detected, ` +
        `${sabotaged.length - detected - wrong.length} listed as not detectable\n`,
    );
  }
  return violations === 0 && wrong.length === 0 ? 0 : 1;
}

/** Whether a sabotage is known to show nothing. */
function isListed({ name }: Row): boolean {
  return Object.hasOwn(UNDETECTED, name);
}

/** How many of the states come after an event of each kind. */
function sharesOf(tags: Tags, states: number): string {
  const rows = [...tags].sort(([, a], [, b]) => b - a).map(([tag, count]) => [
    `${(100 * count / states).toFixed(1)} %`,
    tag,
  ]);
  return formatTable([{ title: "SHARE", align: "right" }, { title: "STATES AFTER A" }], rows);
}

const COLUMNS = [
  { title: "VIOLATIONS", align: "right" },
  { title: "STATES", align: "right" },
  { title: "SCENARIO" },
] as const;

/** The rows, and the first violation of each if it is to be printed. */
function tableOf(rows: readonly Row[], tell: boolean): string {
  const cells = rows.map(({ name, states, violations }) => [
    String(violations),
    String(states),
    name,
  ]);
  const stories = rows.flatMap(({ name, first }) =>
    first === undefined || !tell
      ? []
      : [`\n${name}: ${first.what}:\n${first.story.map((line) => `  ${line}\n`).join("")}`]
  );
  return formatTable(COLUMNS, cells) + stories.join("");
}

if (import.meta.main) process.exitCode = await runTask(TASK, process.argv.slice(2), processIo());
