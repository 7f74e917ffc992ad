#!/usr/bin/env -S deno run --allow-env=NO_COLOR
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
import { type Exploration, explore, type Scenario } from "../tests/crash/explore.ts";
import { peerScenarios } from "../tests/crash/peer_scenarios.ts";
import { sabotages } from "../tests/crash/sabotage.ts";
import { scenarios } from "../tests/crash/scenarios.ts";

const HELP = `Crash the store in every way that a simulated disk knows

Usage: deno task crash [--depth N] [--max N] [--stories] [--json]

  --depth N   how many crashes follow one another, 1 to 3; 3 by default
  --max N     at most so many states of each scenario
  --stories   tell the first violation of each protocol that must lose data
  --json      figures for machines, one line

Examples:
  deno task crash --depth 1
  deno task crash --stories --depth 1
  deno task crash --json | tail -n 1
`;

interface Row extends Exploration {
  readonly name: string;
}

const { values } = parseArgs({
  options: {
    depth: { type: "string", default: "3" },
    max: { type: "string", default: "1000000" },
    stories: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const isTerminal = process.stdout.isTTY === true && !values.json;

function progress(name: string, done: number, all: number, states: number): void {
  if (!isTerminal) return;
  const width = 20;
  const filled = Math.round(width * done / all);
  const bar = "#".repeat(filled).padEnd(width, ".");
  process.stdout.write(`\r\x1b[K[${bar}] ${states.toLocaleString("en")} states  ${name}`);
}

/** Explores scenarios; those of one name, such as two writers at each distance, are one row. */
async function exploreAll(list: readonly Scenario[], maxStates: number): Promise<Row[]> {
  const rows = new Map<string, Row>();
  let [done, states] = [0, 0];
  for (const scenario of list) {
    progress(scenario.name, done, list.length, states);
    const found = await explore(scenario, {
      maxStates,
      // Lets the terminal and a Ctrl-C through.
      onProgress: async (now) => {
        progress(scenario.name, done, list.length, states + now.states);
        await new Promise((resolve) => setTimeout(resolve));
      },
    });
    const row = rows.get(scenario.name) ??
      { name: scenario.name, states: 0, violations: 0, first: undefined };
    row.states += found.states;
    row.violations += found.violations;
    row.first ??= found.first;
    rows.set(scenario.name, row);
    states += found.states;
    done++;
  }
  if (isTerminal) process.stdout.write("\r\x1b[K");
  return [...rows.values()];
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
  const ours = await exploreAll(scenarios(depth), max);
  print("The store", ours, true);
  const sabotaged = await exploreAll(sabotages(), max);
  print("The store with a step taken away", sabotaged, values.stories);
  const peers = await exploreAll(peerScenarios(), max);
  print("The protocols of other writers", peers, values.stories);
  const sum = (rows: readonly Row[], key: "states" | "violations") =>
    rows.reduce((total, row) => total + row[key], 0);
  const [states, violations] = [sum(ours, "states"), sum(ours, "violations")];
  const harmless = sabotaged.filter((row) => row.violations === 0);
  if (values.json) {
    const figures = (rows: readonly Row[]) =>
      rows.map(({ name, states, violations }) => ({ name, states, violations }));
    console.log(JSON.stringify({
      states,
      violations,
      sabotagesDetected: sabotaged.length - harmless.length,
      sabotages: sabotaged.length,
      scenarios: figures(ours),
      sabotaged: figures(sabotaged),
      peers: figures(peers),
    }));
  } else {
    console.log(
      `${states} states, ${violations} violations; ` +
        `${sabotaged.length - harmless.length} of ${sabotaged.length} sabotages detected`,
    );
  }
  return violations === 0 && harmless.length === 0 ? 0 : 1;
}

process.exitCode = await main();
