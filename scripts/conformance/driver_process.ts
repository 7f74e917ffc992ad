import process from "node:process";
import { Child } from "../lib/child.ts";
import type { Answer, Driver, Request } from "./protocol.ts";
import { asciiJson } from "./tell.ts";
import { DriverDied, NotShown } from "./verdict.ts";

/** So long a driver may think; a virtual machine that starts on a busy machine is slow. */
const PATIENCE_MS = 120_000;

/** Writes beyond a limit must fail with EFBIG instead of ending the process. */
const SHELL = ["sh", "-c", `trap "" XFSZ; exec "$@"`, "sh"];

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A driver that is a process: one JSON object a line in, one a line out. */
export class DriverProcess implements Driver {
  readonly #child: Child;
  readonly #waiting: Waiting[] = [];
  readonly #ended: Promise<void>;
  #death: Error | undefined;

  static start(
    command: readonly string[],
    prefix: readonly string[] = [],
  ): Promise<DriverProcess> {
    return Promise.resolve(new DriverProcess([...prefix, ...command]));
  }

  private constructor(command: readonly string[]) {
    const isWindows = process.platform === "win32";
    // A group of its own, so that a wrapper such as npx dies with what it started.
    this.#child = new Child(isWindows ? command : [...SHELL, ...command], { isGroup: true });
    void this.#listen();
    this.#ended = this.#child.ended.then(({ code, signal }) => {
      this.#die(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
    }, (error) => {
      this.#fail(new NotShown(`the driver cannot be started: ${error.message}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  request(request: Request): Promise<Answer> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#die(`does not answer ${request.op}`);
        void this.kill();
      }, PATIENCE_MS);
      const settle = <T>(then: (value: T) => void) => (value: T) => {
        clearTimeout(timer);
        then(value);
      };
      this.#waiting.push({ resolve: settle(resolve), reject: settle(reject) });
      this.#child.tell(asciiJson(request));
    });
  }

  async end(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill(), PATIENCE_MS);
    this.#child.hangUp();
    await this.#ended;
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    this.#child.kill();
    await this.#ended;
  }

  async #listen(): Promise<void> {
    for (;;) {
      const line = await this.#child.take();
      if (line === undefined) return;
      if (line.trim() === "") continue;
      let answer;
      try {
        answer = JSON.parse(line);
      } catch {
        return this.#die(`answers what is no JSON: ${line.slice(0, 200)}`);
      }
      this.#waiting.shift()?.resolve(answer);
    }
  }

  #die(how: string): void {
    this.#fail(new DriverDied(how, this.#child.errors.slice(-2000).trim()));
  }

  #fail(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}
