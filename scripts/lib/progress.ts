import type { Io } from "./io.ts";

const WIDTH = 30;
const EVERY_MS = 200;

/** What a progress bar shows. */
export interface ProgressOptions {
  /** The name of the counted things, in the plural; without it, no number is shown. */
  readonly unit?: string;
  /** How much an earlier run has done, which does not count for the rate. */
  readonly done?: number;
  /** Whether it is shown at all; on a terminal it is by default. */
  readonly isShown?: boolean;
}

/** A bar on a terminal; nothing anywhere else. */
export class Progress {
  readonly #io: Io;
  readonly #began: number;
  readonly #doneBefore: number;
  readonly #unit: string | undefined;
  readonly #isShown: boolean;
  #drawn = -Infinity;
  #what: string | undefined;

  constructor(io: Io, { unit, done = 0, isShown = true }: ProgressOptions) {
    this.#io = io;
    this.#unit = unit;
    this.#doneBefore = done;
    this.#isShown = isShown && io.isTerminal;
    this.#began = io.now();
  }

  /** Shows how much is done, and what is at work if told: at once if that is new, else now and then. */
  draw(done: number, all: number, what?: string): void {
    const now = this.#io.now();
    if (!this.#isShown || (what === this.#what && now - this.#drawn < EVERY_MS)) return;
    this.#drawn = now;
    this.#what = what;
    const bar = "#".repeat(Math.floor(WIDTH * done / all)).padEnd(WIDTH, ".");
    const told = what ?? this.#rate(done, all, now);
    const count = this.#unit === undefined ? "" : `${done} of ${all} ${this.#unit}, `;
    this.#io.out(`\r\x1b[K[${bar}] ${count}${told}`);
  }

  /** Removes the bar. */
  clear(): void {
    if (this.#isShown) this.#io.out("\r\x1b[K");
  }

  #rate(done: number, all: number, now: number): string {
    const rate = (done - this.#doneBefore) / Math.max((now - this.#began) / 1000, 0.001);
    const left = rate > 0 ? `, ${duration((all - done) / rate)} left` : "";
    return `${rate.toFixed(1)}/s${left}`;
  }
}

function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
