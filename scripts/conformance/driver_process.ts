import process from "node:process";
import { Child } from "../lib/child.ts";
import type { Driver, Request } from "./protocol.ts";
import { asciiJson } from "./tell.ts";
import { DriverDied, NoAnswer } from "./verdict.ts";

/** How long the kit waits for the answer to a request, in milliseconds. */
export type Patience = (op: Request["op"]) => number;

/** A virtual machine that starts on a busy machine is slow, and so is its first call. */
export const PATIENCE: Patience = (op) => op === "hello" ? 5_000 : 30_000;

/** Ignores SIGXFSZ, so that a write beyond a limit fails with EFBIG instead of ending the driver. */
const SHELL = ["sh", "-c", `trap "" XFSZ; exec "$@"`, "sh"];

const FLUSH_HINT = "flush standard output after each answer, since a pipe is buffered";
const OUTPUT_HINT = "standard output is for answers only, so write logs to standard error";

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A driver that is a process: one JSON object a line in, one a line out. */
export class DriverProcess implements Driver {
  readonly #child: Child;
  readonly #patience: Patience;
  readonly #waiting: Waiting[] = [];
  readonly #ended: Promise<void>;
  #heard = 0;
  #death: Error | undefined;

  static start(
    command: readonly string[],
    prefix: readonly string[] = [],
    patience: Patience = PATIENCE,
  ): Promise<DriverProcess> {
    return Promise.resolve(new DriverProcess([...prefix, ...command], patience));
  }

  private constructor(command: readonly string[], patience: Patience) {
    this.#patience = patience;
    const isWindows = process.platform === "win32";
    // The driver gets its own group, so that a wrapper such as npx dies with what it started.
    this.#child = new Child(isWindows ? command : [...SHELL, ...command], {
      isGroup: true,
      onOutput: () => this.#hear(),
    });
    this.#ended = this.#child.ended.then(({ code, signal }) => {
      this.#fail(
        this.#died(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
      );
    }, (error) => {
      this.#fail(this.#died(`cannot be started: ${error.message}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  request(request: Request): Promise<unknown> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    const { op } = request;
    const patience = this.#patience(op);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const how = `does not answer ${op} within ${patience / 1000} s; ${FLUSH_HINT}`;
        this.#giveUp(new NoAnswer(how, this.#errors));
      }, patience);
      const settle = <T>(then: (value: T) => void) => (value: T) => {
        clearTimeout(timer);
        then(value);
      };
      this.#waiting.push({ resolve: settle(resolve), reject: settle(reject) });
      this.#child.tell(asciiJson(request));
    });
  }

  async end(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill(), this.#patience("close"));
    this.#child.hangUp();
    await this.#ended;
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    this.#child.kill();
    await this.#ended;
  }

  /** Gives each new line to its request at once, so that a line without a request is noticed. */
  #hear(): void {
    const { lines } = this.#child;
    while (this.#heard < lines.length && this.#death === undefined) {
      const line = lines[this.#heard++];
      if (line.trim() !== "") this.#take(line);
    }
  }

  #take(line: string): void {
    const shown = asciiJson(line.slice(0, 200));
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      return this.#giveUp(
        this.#died(`writes a line that no request asks for, ${shown}; ${OUTPUT_HINT}`),
      );
    }
    let answer: unknown;
    try {
      answer = JSON.parse(line);
    } catch {
      this.#waiting.unshift(waiting);
      return this.#giveUp(this.#died(`writes a line that is no JSON, ${shown}; ${OUTPUT_HINT}`));
    }
    waiting.resolve(answer);
  }

  get #errors(): string {
    return this.#child.errors.slice(-2000).trim();
  }

  #died(how: string): DriverDied {
    return new DriverDied(how, this.#errors);
  }

  #giveUp(error: Error): void {
    this.#fail(error);
    this.#child.kill();
  }

  #fail(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}
