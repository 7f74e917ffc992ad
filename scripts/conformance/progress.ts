import type { Io } from "../lib/io.ts";

const WIDTH = 30;

/** A bar on a terminal, with the clause that is at work; nothing anywhere else. */
export class Progress {
  readonly #io: Io;
  readonly #all: number;

  constructor(io: Io, all: number) {
    this.#io = io;
    this.#all = all;
  }

  draw(done: number, next: string | undefined): void {
    if (!this.#io.isTerminal) return;
    const bar = "#".repeat(Math.floor(WIDTH * done / this.#all)).padEnd(WIDTH, ".");
    this.#io.out(`\r\x1b[K[${bar}] ${done} of ${this.#all} clauses, ${next ?? "done"}`);
  }

  clear(): void {
    if (this.#io.isTerminal) this.#io.out("\r\x1b[K");
  }
}
