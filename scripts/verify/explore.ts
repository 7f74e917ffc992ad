#!/usr/bin/env -S deno run --allow-env --allow-read=.
/**
 * Makes up histories of the store at random and crashes each at every moment, `deno task explore`:
 * updates that grow and shrink, deletions, failing calls, other clients and a second process.
 *
 * After each crash both invariants must hold: what is loaded is the last acknowledged table or the one
 * in flight, and the store works; and where nobody else has written, nothing is wrong with the files.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type Explored, exploreSeeds } from "./explore/explore_seeds.ts";
import { report } from "./crash/story/report.ts";
import { type Io, paint } from "../offsets/io.ts";
import { processIo } from "../offsets/process_io.ts";
import { formatTable } from "../offsets/table_output.ts";
import { Progress } from "./soak/progress.ts";

const HELP = `Makes up histories of the store at random and crashes each at every moment

Usage: explore [--seeds N] [--from S] [--minutes M] [--json]

  --seeds N    how many histories; 2000 unless told, any number with --minutes
  --from S     the seed of the first; 1 unless told
  --minutes M  begin no history after so many minutes
  --json       print the figures as JSON, one line
  --help       print this help

Examples:
  deno task explore --seeds 200
  deno task explore --from 17 --seeds 1
  deno task explore --minutes 120 --from 100000

The same seed has the same history. Of each kind of violation, the shortest history that shows it is
printed. More than a million distinct states take about 20,000 histories.

Exit codes: 0 both invariants hold, 1 one does not, 2 wrong usage.
`;

const OPTIONS = {
  seeds: { type: "string" },
  from: { type: "string", default: "1" },
  minutes: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const USUAL_SEEDS = 2000;

/** Explores and returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let values;
  let [seeds, from, minutes] = [USUAL_SEEDS, 1, Infinity];
  try {
    values = parseArgs({ args: [...argv], options: OPTIONS }).values;
    from = numberOf("from", values.from);
    if (values.minutes !== undefined) {
      [minutes, seeds] = [numberOf("minutes", values.minutes), Number.MAX_SAFE_INTEGER - from];
    }
    if (values.seeds !== undefined) seeds = numberOf("seeds", values.seeds);
  } catch (error) {
    const what = `Cannot explore: ${(error as Error).message}`;
    io.err(paint(io, "red", what) + "\n  See explore --help.\n");
    return 2;
  }
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const isTimed = minutes < Infinity;
  const [all, unit] = isTimed ? [minutes * 60, "s"] : [seeds, "histories"];
  const progress = new Progress(values.json ? { ...io, isTerminal: false } : io, 0, unit);
  const began = io.now();
  const elapsed = () => (io.now() - began) / 1000;
  const explored = await exploreSeeds({
    ...{ from, count: seeds },
    isOver: () => elapsed() >= minutes * 60,
    onProgress: ({ next }) => progress.draw(isTimed ? Math.floor(elapsed()) : next - from, all),
  });
  progress.clear();
  if (values.json) io.out(JSON.stringify(asJson(from, explored, elapsed())) + "\n");
  else io.out(textOf(from, explored, elapsed(), io));
  return explored.kinds.size === 0 ? 0 : 1;
}

function numberOf(name: string, value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new RangeError(`--${name} ${JSON.stringify(value)} is not a positive number`);
}

function asJson(from: number, explored: Explored, seconds: number): unknown {
  const { states, next, subjects, tags, kinds } = explored;
  return {
    ...{ from, seeds: next - from, states, seconds: Math.round(seconds) },
    subjects: Object.fromEntries(subjects),
    tags: Object.fromEntries(tags),
    violations: [...kinds].map(([kind, { seeds, finding }]) => ({
      ...{ kind, seeds },
      report: finding && report(finding.story, finding.violation),
    })),
  };
}

function textOf(from: number, explored: Explored, seconds: number, io: Io): string {
  const { states, next, isFull, subjects, tags, kinds } = explored;
  const told = [...kinds].map(([kind, { seeds, finding }]) => {
    const lines = finding === undefined ? [kind] : report(finding.story, finding.violation);
    const others = seeds.length > 1 ? `; so are ${seeds.length - 1} others, ${some(seeds)}` : "";
    return paint(io, "red", `Seed ${seeds[0]}: ${lines[0]}`) +
      `\n${lines.slice(1).join("\n")}\n\n  The history of seed ${seeds[0]}, shortened${others}. ` +
      `Again: deno task explore --from ${seeds[0]} --seeds 1\n\n`;
  });
  const rows = [...subjects].map(([subject, { stories, states, violations }]) => [
    ...[subject, String(stories), String(states), String(violations)],
  ]);
  const share = (count: number) => `${(100 * count / states).toFixed(1)} %`;
  const after = [...tags].sort(([, a], [, b]) => b - a).map(([tag, count]) => [tag, share(count)]);
  const violations = [...subjects.values()].reduce((sum, each) => sum + each.violations, 0);
  const last = `${next - from} histories, ${states} distinct states in ${Math.round(seconds)} s ` +
    `(${Math.round(states / seconds)}/s), ${violations} histories violate an invariant`;
  const full = isFull ? `No more states can be kept in mind; go on with --from ${next}.\n` : "";
  return told.join("") + formatTable(COLUMNS, rows) + "\n" +
    formatTable([{ title: "STATES AFTER A" }, { title: "SHARE", align: "right" }], after) + "\n" +
    full + paint(io, violations === 0 ? "green" : "red", last) + "\n";
}

function some(seeds: readonly number[]): string {
  return seeds.slice(1, 6).join(", ") + (seeds.length > 6 ? ", …" : "");
}

const COLUMNS = [
  { title: "HISTORIES OF" },
  { title: "NUMBER", align: "right" },
  { title: "STATES", align: "right" },
  { title: "VIOLATIONS", align: "right" },
] as const;

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
