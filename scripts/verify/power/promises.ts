import { appendFileSync, readFileSync, statSync } from "node:fs";
import type { MessageQueue, Offset } from "../../../mod.ts";

/** The promise of a writer when the log of the disk had the length `at`. */
export type PromiseEntry = { readonly at: number } & Promised;

/** Generations of the table are numbered from 1; 0 is the empty one. */
export type Promised =
  /** This generation was begun: from now on it may be there. */
  | { readonly begun: number; readonly table: string }
  /** It was acknowledged: from now on nothing older may be there. */
  | { readonly acknowledged: number }
  /** `open` has shown it: it and nothing else is there. */
  | { readonly shown: number }
  /** A stranger tears the main file: this older one may be there, too. */
  | { readonly mayFallBackTo: number }
  /** An earlier power cut has left one of these. */
  | { readonly least: number; readonly most: number };

/** The generations that may be loaded. */
export interface Allowed {
  readonly least: number;
  readonly most: number;
}

/** The kind of a loaded table. */
export interface Verdict {
  readonly is: "kept" | "lost" | "empty" | "made up";
  /** The generation whose table it is, if there is one. */
  readonly generation?: number;
}

/** All that a writer has promised. */
export class Promises {
  readonly #entries: readonly PromiseEntry[];
  readonly #tables = new Map<number, string>([[0, ""]]);
  /** The outcomes that are allowed after so many entries. */
  readonly #allowed: Allowed[] = [{ least: 0, most: 0 }];

  constructor(entries: readonly PromiseEntry[]) {
    this.#entries = entries;
    for (const entry of entries) {
      if ("begun" in entry) this.#tables.set(entry.begun, entry.table);
      this.#allowed.push(after(this.#allowed.at(-1)!, entry));
    }
  }

  /** How many entries had been made when the log of the disk had that length. */
  countAt(end: number): number {
    let count = 0;
    while (count < this.#entries.length && this.#entries[count].at <= end) count++;
    return count;
  }

  /** The tables that may be loaded after a power cut at that length of the log; at its end by default. */
  allowedAt(end = Infinity): Allowed {
    return this.#allowed[this.countAt(end)];
  }

  /** The greatest number of a generation. */
  get last(): number {
    return Math.max(...this.#tables.keys());
  }

  judge(table: string, { least, most }: Allowed): Verdict {
    const generations = [...this.#tables].filter(([, text]) => text === table).map(([n]) => n);
    const kept = generations.find((n) => n >= least && n <= most);
    if (kept !== undefined) return { is: "kept", generation: kept };
    const older = generations.filter((n) => n < least).at(-1);
    if (table === "") return { is: "empty", generation: older };
    return older === undefined ? { is: "made up" } : { is: "lost", generation: older };
  }

  /** The entries with which a writer goes on after a power cut that left one of these. */
  restartedWith(allowed: Allowed): PromiseEntry[] {
    const known = [...this.#tables].filter(([n]) => n > 0 && n <= allowed.most);
    return [...known.map(([begun, table]) => ({ at: 0, begun, table })), { at: 0, ...allowed }];
  }
}

function after(allowed: Allowed, entry: PromiseEntry): Allowed {
  if ("begun" in entry) return { ...allowed, most: entry.begun };
  if ("acknowledged" in entry) {
    return { ...allowed, least: Math.max(allowed.least, entry.acknowledged) };
  }
  if ("shown" in entry) return { least: entry.shown, most: entry.shown };
  if ("mayFallBackTo" in entry) return { ...allowed, least: entry.mayFallBackTo };
  return { least: entry.least, most: entry.most };
}

/** The text of a table, the same for equal ones. */
export function textOf(entries: Iterable<readonly [MessageQueue, Offset]>): string {
  return [...entries].map(([{ queueId }, offset]) => `${queueId}=${offset}`).sort().join(",");
}

/** Reads the file in which a writer keeps its promises; no file has none. */
export function readPromises(path: string): PromiseEntry[] {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

/** Writes a promise down, with the length of the disk's log at this moment. */
export function promise(path: string, log: string, promised: Promised): void {
  appendFileSync(path, JSON.stringify({ at: statSync(log).size, ...promised }) + "\n");
}
