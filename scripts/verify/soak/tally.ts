import type { Runtime } from "../../lib/runtimes.ts";

/** The counts of one runtime. */
export interface RuntimeTally {
  /** How many kills are wanted. */
  target: number;
  kills: number;
  /** Persists that were acknowledged before a kill. */
  acknowledged: number;
  /** Loads by the victims themselves, before they were killed. */
  victimLoads: number;
  /** The time that lanes spent on it. */
  ms: number;
  /** The outcomes that the loads after the kills reported. */
  outcomes: Record<string, number>;
  /** The files that each kill left. */
  remains: Record<string, number>;
}

/** A run, as the state file has it. */
export interface Tally {
  readonly seed: string;
  readonly runtimes: Partial<Record<Runtime, RuntimeTally>>;
}

/** Begins a tally; the runtimes share the kills. */
export function newTally(seed: string, kills: number, runtimes: readonly Runtime[]): Tally {
  const tally: Tally = { seed, runtimes: {} };
  setTargets(tally, kills, runtimes);
  return tally;
}

/** Shares the kills among the runtimes, whatever was wanted before. */
export function setTargets(tally: Tally, kills: number, runtimes: readonly Runtime[]): void {
  runtimes.forEach((runtime, i) => {
    const each = tally.runtimes[runtime] ??= {
      target: 0,
      kills: 0,
      acknowledged: 0,
      victimLoads: 0,
      ms: 0,
      outcomes: {},
      remains: {},
    };
    each.target = Math.floor((kills + i) / runtimes.length);
  });
}

export function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** The sum of a figure over the runtimes. */
export function total(
  { runtimes }: Tally,
  figure: "target" | "kills" | "acknowledged" | "victimLoads",
): number {
  return Object.values(runtimes).reduce((sum, each) => sum + each[figure], 0);
}
