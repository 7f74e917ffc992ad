import type { Column } from "../lib/table.ts";

/** What a section measured: a table for people, and its figures for programs and for the goals. */
export interface Result {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly figures: readonly Figure[];
  /** What to know of the table. */
  readonly notes?: readonly string[];
}

/** One measured value. */
export interface Figure {
  readonly what: string;
  readonly queues: number;
  readonly value: number;
  readonly unit: string;
  /** `value` through that of the baseline. */
  readonly ratio?: number;
}

/** What a section is run with. */
export interface Context {
  /** An empty directory on the disk that is measured. */
  readonly directory: string;
  /** Whether to be done within seconds. */
  readonly quick: boolean;
  /** Says what is being done, and how far it is, from 0 to 1. */
  readonly progress: (what: string, share: number) => void;
}

export interface Section {
  readonly name: string;
  readonly run: (context: Context) => Promise<readonly Result[]>;
}

/** A number with three digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

export function times(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(2)} ×` : "–";
}

/** The figure of that name, if it was measured. */
export function find(
  figures: readonly Figure[],
  what: string,
  queues: number,
): Figure | undefined {
  return figures.find((figure) => figure.what === what && figure.queues === queues);
}
