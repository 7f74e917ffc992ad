import type { Fault } from "./check.ts";
import type { Job, JobResult } from "./job.ts";

/** A job of the plan, and what came of it so far. */
export interface Outcome {
  readonly job: Job;
  readonly result?: JobResult;
  /** Why it could not be carried out. */
  readonly failure?: string;
}

/** The findings about one writer on one file system. */
export interface Row {
  readonly fileSystem: string;
  readonly writer: string;
  readonly images: number;
  /** How many different images the recordings allow, of those that were enumerated. */
  readonly states: number;
  readonly faults: Partial<Record<Fault, number>>;
}

/** Adds up the jobs of the same writer on the same file system. */
export function rowsOf(outcomes: readonly Outcome[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { job: { fileSystem, writer }, result } of outcomes) {
    if (result === undefined) continue;
    const key = `${fileSystem} ${writer}`;
    const row = rows.get(key) ?? { fileSystem, writer, images: 0, states: 0, faults: {} };
    rows.set(key, {
      ...row,
      images: row.images + result.images,
      states: row.states + result.states,
      faults: addUp(row.faults, result.faults),
    });
  }
  return [...rows.values()].sort((a, b) => order(a, b, "fileSystem") || order(a, b, "writer"));
}

/** The outcomes that `open` reported, the most frequent first. */
export function loadsOf(outcomes: readonly Outcome[]): [string, number][] {
  let loads: Record<string, number> = {};
  for (const { result } of outcomes) loads = addUp(loads, result?.loads ?? {});
  return Object.entries(loads).sort(([, a], [, b]) => b - a);
}

/** The sum of a figure. */
export function total(rows: readonly Row[], figure: "images" | "states"): number {
  return rows.reduce((sum, row) => sum + row[figure], 0);
}

/** The first story of each kind of fault for each writer on each file system. */
export function storiesOf(
  outcomes: readonly Outcome[],
): { readonly title: string; readonly lines: readonly string[] }[] {
  const stories = new Map<string, { title: string; lines: readonly string[] }>();
  for (const { job: { fileSystem, writer, runtime, seed }, result } of outcomes) {
    for (const { fault, lines } of result?.stories ?? []) {
      const key = `${fault}: ${writer} on ${fileSystem}`;
      if (!stories.has(key)) {
        stories.set(key, { title: `${key} (written by ${runtime}, seed ${seed})`, lines });
      }
    }
  }
  return [...stories.values()];
}

function addUp<K extends string>(
  a: Partial<Record<K, number>>,
  b: Partial<Record<K, number>>,
): Record<K, number> {
  const sum = { ...a } as Record<K, number>;
  for (const [key, count] of Object.entries(b) as [K, number][]) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

function order(a: Row, b: Row, key: "fileSystem" | "writer"): number {
  return a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0;
}
