import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { setTimeout } from "node:timers/promises";

/** How to start a child. */
export interface ChildOptions {
  readonly cwd?: string;
  /** All of its environment; that of this process by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether it gets a process group of its own, so that a kill ends what it has started, too. */
  readonly isGroup?: boolean;
  /** Is called whenever it has written something. */
  readonly onOutput?: () => void;
  /** Whether its standard output, or its errors, go where those of this process go. */
  readonly shows?: "output" | "errors";
}

/** How a child ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** All lines that it wrote in full. */
  readonly lines: readonly string[];
  /** What it wrote on its standard error. */
  readonly errors: string;
}

/** A program in a process of its own that talks in lines. */
export class Child {
  /** Resolves when it is gone and all that it wrote has been read; rejects if it cannot be started. */
  readonly ended: Promise<Ending>;
  /** All lines that it has written in full so far. */
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #isGroup: boolean;
  readonly #onOutput: () => void;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #errors = "";
  #isGone = false;

  constructor([program, ...args]: readonly string[], options: ChildOptions = {}) {
    const { cwd, env = process.env, isGroup = false, shows, onOutput = () => {} } = options;
    this.#onOutput = onOutput;
    this.#isGroup = isGroup && process.platform !== "win32";
    this.#process = spawn(program, args, {
      cwd,
      env,
      detached: this.#isGroup,
      stdio: [
        "pipe",
        shows === "output" ? "inherit" : "pipe",
        shows === "errors" ? "inherit" : "pipe",
      ],
    });
    let rest = "";
    this.#process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      // A kill may cut the last line short.
      rest = parts.pop()!;
      this.lines.push(...parts);
      this.#hear();
    });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
      this.#hear();
    });
    // A child that is gone reads nothing; `ended` tells that it is gone.
    this.#process.stdin!.on("error", () => {});
    this.ended = new Promise((resolve, reject) => {
      this.#process.on("error", (error) => {
        this.#isGone = true;
        this.#wake();
        reject(error);
      });
      this.#process.on("close", (code, signal) => {
        this.#isGone = true;
        this.#wake();
        resolve({ code, signal, lines: this.lines, errors: this.#errors });
      });
    });
    // Nobody may be waiting for the end yet.
    this.ended.catch(() => {});
  }

  /** Its process id; it is there even when the process is gone. */
  get pid(): number {
    return this.#process.pid!;
  }

  /** What it has written on its standard error so far. */
  get errors(): string {
    return this.#errors;
  }

  /** Waits for the next line that nobody has taken; `undefined` if it ends without. */
  async take(): Promise<string | undefined> {
    while (this.#taken === this.lines.length) {
      if (this.#isGone) return undefined;
      await this.#news();
    }
    return this.lines[this.#taken++];
  }

  /** Waits until it has written as many lines as that begin so; `false` if it ends without. */
  async wrote(prefix: string, count = 1): Promise<boolean> {
    let seen = 0;
    let next = 0;
    for (;;) {
      for (; next < this.lines.length; next++) if (this.lines[next].startsWith(prefix)) seen++;
      if (seen >= count) return true;
      if (this.#isGone) return false;
      await this.#news();
    }
  }

  /** Waits until it has written so on its standard error; `false` if it ends without. */
  async complained(text: string): Promise<boolean> {
    while (!this.#errors.includes(text)) {
      if (this.#isGone) return false;
      await this.#news();
    }
    return true;
  }

  /** Waits for a moment, or until it is gone. */
  async pause(ms: number): Promise<void> {
    await Promise.race([setTimeout(ms), this.ended]);
  }

  /** Writes a line to its standard input. */
  tell(line: string): void {
    this.#process.stdin!.write(`${line}\n`);
  }

  /** Ends its standard input. */
  hangUp(): void {
    this.#process.stdin!.end();
  }

  /** Kills it, with its group if it has one. */
  kill(): void {
    if (this.#isGone || this.#process.pid === undefined) return;
    if (!this.#isGroup) return void this.#process.kill("SIGKILL");
    try {
      process.kill(-this.#process.pid, "SIGKILL");
    } catch {
      // No process of the group is left.
    }
  }

  /** Waits until it has written something, or is gone. */
  #news(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #hear(): void {
    this.#onOutput();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
