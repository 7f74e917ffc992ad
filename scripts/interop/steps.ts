import { type Io, paint } from "../lib/io.ts";

const WIDTH = 30;

/** Says what is at work: a bar on a terminal, and a line for each step on anything else. */
export class Steps {
  readonly #io: Io;
  readonly #all: number;
  #done = 0;
  #name = "";

  constructor(io: Io, all: number) {
    this.#io = io;
    this.#all = all;
  }

  begin(name: string): void {
    this.#name = name;
    if (this.#io.isTerminal) this.#draw("");
    else this.#io.err(paint(this.#io, "dim", `[${this.#done + 1} of ${this.#all}] ${name}\n`));
    this.#done++;
  }

  /** How far the step is. */
  part(done: number, of: number): void {
    if (this.#io.isTerminal) this.#draw(`, ${done} of ${of}`);
  }

  clear(): void {
    if (this.#io.isTerminal) this.#io.err("\r\x1b[K");
  }

  #draw(part: string): void {
    const bar = "#".repeat(Math.floor(WIDTH * this.#done / this.#all)).padEnd(WIDTH, ".");
    this.#io.err(`\r\x1b[K[${bar}] ${this.#name}${part}`);
  }
}
