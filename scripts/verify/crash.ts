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
import { parseArgs } from "node:util";
import { exploreAll, type Row } from "./crash/explore_all.ts";
import type { Kind } from "./crash/jobs.ts";

/** Of each scenario: few have more, and all of them together then have more than a million. */
const MAX_STATES = "100000";

const HELP = `Crash the store in every way that a simulated disk knows

Usage: deno task crash [--depth N] [--max N] [--stories] [--json]

  --depth N   how many crashes follow one another, 1 to 3; 3 by default
  --max N     no second or third crashes of a scenario once it has so many states;
              ${MAX_STATES} by default
  --stories   tell the first violation of each protocol that must lose data
  --json      figures for machines, one line

Examples:
  deno task crash --depth 1
  deno task crash --stories --depth 1
  deno task crash --json | tail -n 1
`;

const { values } = parseArgs({
  options: {
    depth: { type: "string", default: "3" },
    max: { type: "string", default: MAX_STATES },
    stories: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const isTerminal = process.stdout.isTTY === true && !values.json;

function progress(done: number, all: number, states: number, name: string): void {
  if (!isTerminal) return;
  const width = 20;
  const filled = Math.round(width * done / all);
  const bar = "#".repeat(filled).padEnd(width, ".");
  process.stdout.write(`\r\x1b[K[${bar}] ${states.toLocaleString("en")} states  ${name}`);
}

function print(title: string, rows: readonly Row[], tell: boolean): void {
  if (values.json) return;
  console.log(`${title}\n${"VIOLATIONS".padStart(10)} ${"STATES".padStart(9)}  SCENARIO`);
  for (const { name, states, violations, first } of rows) {
    console.log(`${String(violations).padStart(10)} ${String(states).padStart(9)}  ${name}`);
    if (first === undefined || !tell) continue;
    console.log(`\n    ${first.what}:`);
    for (const line of first.story) console.log(`      ${line}`);
    console.log();
  }
  console.log();
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [depth, max] = [Number(values.depth), Number(values.max)];
  if (![1, 2, 3].includes(depth) || !(max >= 1)) {
    console.error(`Cannot crash with --depth ${values.depth} --max ${values.max}: see --help`);
    return 2;
  }
  const run = async (kind: Kind) => {
    const found = await exploreAll(kind, { depth, maxStates: max, onProgress: progress });
    if (isTerminal) process.stdout.write("\r\x1b[K");
    return found;
  };
  const { rows: ours, distinct } = await run("store");
  print(`The store, ${depth} crashes deep, up to ${max} states of each scenario`, ours, true);
  const { rows: sabotaged } = await run("sabotage");
  print("The store with a step taken away", sabotaged, values.stories);
  const { rows: peers } = await run("peer");
  print("The protocols of other writers", peers, values.stories);
  const sum = (rows: readonly Row[], key: "states" | "violations") =>
    rows.reduce((total, row) => total + row[key], 0);
  const [states, violations] = [sum(ours, "states"), sum(ours, "violations")];
  const harmless = sabotaged.filter((row) => row.violations === 0);
  if (values.json) {
    const figures = (rows: readonly Row[]) =>
      rows.map(({ name, states, violations }) => ({ name, states, violations }));
    console.log(JSON.stringify({
      depth,
      max,
      states,
      distinct,
      violations,
      sabotagesDetected: sabotaged.length - harmless.length,
      sabotages: sabotaged.length,
      scenarios: figures(ours),
      sabotaged: figures(sabotaged),
      peers: figures(peers),
    }));
  } else {
    console.log(
      `${states} states, ${distinct} distinct over all scenarios, ${violations} violations; ` +
        `${sabotaged.length - harmless.length} of ${sabotaged.length} sabotages detected`,
    );
  }
  return violations === 0 && harmless.length === 0 ? 0 : 1;
}

process.exitCode = await main();
