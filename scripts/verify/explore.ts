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
import { report } from "./crash/story/report.ts";
import { type Explored, exploreSeeds, type Kind } from "./explore/explore_seeds.ts";
import { type Io, paint, printJsonLine } from "../lib/io.ts";
import { JSON_LINE, wholeNumber } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { Progress } from "../lib/progress.ts";
import { formatTable } from "../lib/table.ts";
import { runTask, type Task } from "../lib/task.ts";

const OPTIONS = {
  minutes: wholeNumber("N", "begin no history after so many minutes; 10 by default", 1, 10),
  seed: wholeNumber("S", "the seed of the first history; 1 by default", 1, 1),
  count: wholeNumber("N", "at most so many histories", 1),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "explore",
  action: "explore",
  summary: "Makes up histories of the store at random and crashes each at every moment.",
  usage: ["[--minutes N] [--seed S] [--count N] [--json]"],
  options: OPTIONS,
  details: "The same seed has the same history. Of each kind of violation, the shortest history " +
    "that shows it is printed.",
  examples: ["", "--minutes 120 --seed 100000", "--seed 17 --count 1"],
  exitCodes: "0 both invariants always hold, 1 one does not",
  async run({ minutes, seed, count, json }, io) {
    const began = io.now();
    const progress = new Progress(io, { unit: "s", isShown: !json });
    const elapsed = () => (io.now() - began) / 1000;
    const explored = await exploreSeeds({
      from: seed,
      count: count ?? Infinity,
      isOver: () => elapsed() >= minutes * 60,
      onProgress: ({ next, states }) =>
        progress.draw(
          Math.min(Math.floor(elapsed()), minutes * 60),
          minutes * 60,
          `${states.toLocaleString("en")} states of ${next - seed} histories`,
        ),
    });
    progress.clear();
    if (json) printJsonLine(io, asJson(seed, explored, elapsed()));
    else io.out(textOf(seed, explored, elapsed(), io));
    return explored.kinds.size === 0 ? 0 : 1;
  },
};

function asJson(from: number, explored: Explored, seconds: number): unknown {
  const { states, next, subjects, tags, kinds } = explored;
  return {
    from,
    histories: next - from,
    states,
    seconds: Math.round(seconds),
    subjects: Object.fromEntries(subjects),
    statesAfter: Object.fromEntries(tags),
    violations: [...kinds].map(([kind, { seeds, finding }]) => ({
      kind,
      seeds,
      report: finding && report(finding.story, finding.violation),
    })),
  };
}

function textOf(from: number, explored: Explored, seconds: number, io: Io): string {
  const { states, next, isFull, subjects, tags, kinds } = explored;
  const rows = [...subjects].map(([subject, { stories, states, violations }]) => [
    subject,
    String(stories),
    String(states),
    String(violations),
  ]);
  const share = (count: number) => `${(100 * count / states).toFixed(1)} %`;
  const after = [...tags].sort(([, a], [, b]) => b - a).map(([tag, count]) => [tag, share(count)]);
  const violations = [...subjects.values()].reduce((sum, each) => sum + each.violations, 0);
  const last = `${next - from} histories, ${states.toLocaleString("en")} distinct states in ` +
    `${Math.round(seconds)} s, ${violations} histories violate an invariant`;
  return [
    ...[...kinds].map(([what, kind]) => told(what, kind, io)),
    formatTable(COLUMNS, rows) + "\n",
    formatTable([{ title: "STATES AFTER A" }, { title: "SHARE", align: "right" }], after) + "\n",
    isFull ? `No more states can be kept in mind; go on with --seed ${next}.\n` : "",
    paint(io, violations === 0 ? "green" : "red", last) + "\n",
  ].join("");
}

/** The shortest history of a kind of violation. */
function told(what: string, { seeds, finding }: Kind, io: Io): string {
  const lines = finding === undefined ? [what] : report(finding.story, finding.violation);
  const others = seeds.length > 1 ? `; ${seeds.length - 1} other seeds show it, too` : "";
  return paint(io, "red", `Seed ${seeds[0]}: ${lines[0]}`) +
    `\n${lines.slice(1).join("\n")}\n\n  The history of seed ${seeds[0]}, shortened${others}. ` +
    `Again: deno task explore --seed ${seeds[0]} --count 1\n\n`;
}

const COLUMNS = [
  { title: "HISTORIES OF" },
  { title: "NUMBER", align: "right" },
  { title: "STATES", align: "right" },
  { title: "VIOLATIONS", align: "right" },
] as const;

/** Explores and returns the exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
