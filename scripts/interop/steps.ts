import { type Io, paint } from "../lib/io.ts";
import { Progress } from "../lib/progress.ts";

/** Shows the progress: a bar on a terminal, a line for each step elsewhere. */
export class Steps {
  readonly #io: Io;
  readonly #all: number;
  readonly #progress: Progress;
  #done = 0;
  #name = "";

  constructor(io: Io, all: number) {
    this.#io = io;
    this.#all = all;
    this.#progress = new Progress(io, { unit: "steps" });
  }

  begin(name: string): void {
    this.#name = name;
    if (!this.#io.isTerminal) {
      this.#io.err(paint(this.#io, "dim", `[${this.#done + 1} of ${this.#all}] ${name}\n`));
    }
    this.#progress.draw(this.#done, this.#all, name);
    this.#done++;
  }

  /** How far the step is. */
  part(done: number, of: number): void {
    this.#progress.draw(this.#done - 1, this.#all, `${this.#name}, ${done} of ${of}`);
  }

  clear(): void {
    this.#progress.clear();
  }
}
