import type { Io } from "../../lib/io.ts";
import { formatTable } from "../../lib/table.ts";
import { type RuntimeTally, type Tally, total } from "./tally.ts";

/** The figures of a run of kills, for a program. */
export function killFigures(tally: Tally, lost: number): object {
  const runtimes = Object.fromEntries(
    Object.entries(tally.runtimes).map(([runtime, { target: _, ms, ...each }]) => [
      runtime,
      { ...each, msPerKill: each.kills === 0 ? 0 : Math.round(ms / each.kills) },
    ]),
  );
  return {
    kills: total(tally, "kills"),
    acknowledged: total(tally, "acknowledged"),
    victimLoads: total(tally, "victimLoads"),
    lost,
    seed: tally.seed,
    runtimes,
  };
}

/** Prints what was counted, a column for each runtime. */
export function printKills(io: Io, tally: Tally): void {
  const runtimes = Object.entries(tally.runtimes);
  const row = (name: string, value: (each: RuntimeTally) => number | string) => [
    name,
    ...runtimes.map(([, each]) => String(value(each))),
  ];
  const rows = (name: string, counts: "outcomes" | "remains") =>
    keys(runtimes.map(([, each]) => each[counts])).map((key) =>
      row(`${name}: ${key}`, (each) => each[counts][key] ?? 0)
    );
  io.out(formatTable(
    [
      { title: "" },
      ...runtimes.map(([runtime]) => ({ title: runtime.toUpperCase(), align: "right" as const })),
    ],
    [
      row("kills", ({ kills }) => kills),
      row("kills per second and lane", rate),
      row("acknowledged persists", ({ acknowledged }) => acknowledged),
      row("loads by the victims", ({ victimLoads }) => victimLoads),
      ...rows("load after the kill", "outcomes"),
      ...rows("left by the kill", "remains"),
    ],
  ));
}

function rate({ kills, ms }: RuntimeTally): string {
  return ms === 0 ? "-" : (1000 * kills / ms).toFixed(1);
}

/** All keys, the most frequent first. */
function keys(all: readonly Record<string, number>[]): string[] {
  const sums = new Map<string, number>();
  for (const counts of all) {
    for (const [key, n] of Object.entries(counts)) sums.set(key, (sums.get(key) ?? 0) + n);
  }
  return [...sums].sort(([, a], [, b]) => b - a).map(([key]) => key);
}
