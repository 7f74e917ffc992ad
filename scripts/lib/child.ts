import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { setTimeout } from "node:timers/promises";

/** How a child ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** All lines that it wrote in full. */
  readonly lines: readonly string[];
  readonly errors: string;
}

/** A started program that talks in lines. */
export class Child {
  /** Resolves when it is gone and all that it wrote has been read. */
  readonly ended: Promise<Ending>;
  readonly lines: string[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  #wake: () => void = () => {};
  #errors = "";
  #isGone = false;

  constructor([program, ...args]: readonly string[], cwd: string, env = process.env) {
    this.#process = spawn(program, args, { cwd, env });
    let rest = "";
    this.#process.stdout.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      // What is not a whole line was not said.
      rest = parts.pop()!;
      this.lines.push(...parts);
      this.#wake();
    });
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
      this.#wake();
    });
    // A child that is gone cannot be told anything; that it is gone is reported anyway.
    this.#process.stdin.on("error", () => {});
    this.ended = new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("close", (code, signal) => {
        this.#isGone = true;
        this.#wake();
        resolve({ code, signal, lines: this.lines, errors: this.#errors });
      });
    });
  }

  /** Its process id; it is there even when the process is gone. */
  get pid(): number {
    return this.#process.pid!;
  }

  /** Waits until it has written as many lines as that begin so; `false` if it ends without. */
  async wrote(prefix: string, count = 1): Promise<boolean> {
    let seen = 0;
    let next = 0;
    for (;;) {
      for (; next < this.lines.length; next++) if (this.lines[next].startsWith(prefix)) seen++;
      if (seen >= count) return true;
      if (this.#isGone) return false;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Waits until it has written so on its standard error; `false` if it ends without. */
  async complained(text: string): Promise<boolean> {
    while (!this.#errors.includes(text)) {
      if (this.#isGone) return false;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return true;
  }

  /** Waits for a moment, or until it is gone. */
  async pause(ms: number): Promise<void> {
    await Promise.race([setTimeout(ms), this.ended]);
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** Tells it that nothing more will be said. */
  hangUp(): void {
    this.#process.stdin.end();
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
