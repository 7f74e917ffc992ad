import type { Io } from "./io.ts";

const WIDTH = 30;
const EVERY_MS = 200;

/** A bar on a terminal; nothing anywhere else. */
export class Progress {
  readonly #io: Io;
  readonly #began: number;
  readonly #doneBefore: number;
  readonly #unit: string;
  #drawn = 0;

  constructor(io: Io, done: number, unit = "kills") {
    this.#unit = unit;
    this.#io = io;
    this.#began = io.now();
    this.#doneBefore = done;
  }

  draw(done: number, all: number): void {
    const now = this.#io.now();
    if (!this.#io.isTerminal || now - this.#drawn < EVERY_MS) return;
    this.#drawn = now;
    const bar = "#".repeat(Math.floor(WIDTH * done / all)).padEnd(WIDTH, ".");
    const rate = (done - this.#doneBefore) / Math.max((now - this.#began) / 1000, 0.001);
    const left = rate > 0 ? `, ${duration((all - done) / rate)} left` : "";
    this.#io.out(`\r\x1b[K[${bar}] ${done} of ${all} ${this.#unit}, ${rate.toFixed(1)}/s${left}`);
  }

  clear(): void {
    if (this.#io.isTerminal) this.#io.out("\r\x1b[K");
  }
}

function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
