import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
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
  readonly #child: ChildProcess;
  readonly #waiting: Waiting[] = [];
  readonly #ended: Promise<void>;
  #errors = "";
  #rest = "";
  #death: Error | undefined;

  static async start(
    command: readonly string[],
    prefix: readonly string[] = [],
  ): Promise<DriverProcess> {
    return new DriverProcess([...prefix, ...command]);
  }

  private constructor(command: readonly string[]) {
    const [program, ...args] = process.platform === "win32" ? command : [...SHELL, ...command];
    // A group of its own, so that a wrapper such as npx dies with what it started.
    const child = spawn(program, args, { stdio: "pipe", detached: true });
    this.#child = child;
    child.stdin!.on("error", () => {});
    child.stdout!.setEncoding("utf8").on("data", (text: string) => this.#take(text));
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#ended = new Promise((resolve) => {
      child.on("error", (error) => {
        this.#die(new NotShown(`the driver cannot be started: ${error.message}`));
        resolve();
      });
      child.on("close", (code, signal) => {
        const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
        this.#die(new DriverDied(how, this.#errors.trim()));
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  request(request: Request): Promise<Answer> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#die(new DriverDied(`does not answer ${request.op}`, this.#errors.trim()));
        void this.kill();
      }, PATIENCE_MS);
      const settle = <T>(then: (value: T) => void) => (value: T) => {
        clearTimeout(timer);
        then(value);
      };
      this.#waiting.push({ resolve: settle(resolve), reject: settle(reject) });
      this.#child.stdin!.write(asciiJson(request) + "\n");
    });
  }

  async end(): Promise<void> {
    const timer = setTimeout(() => void this.kill(), PATIENCE_MS);
    this.#child.stdin!.end();
    await this.#ended;
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      try {
        process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
      } catch {
        this.#child.kill("SIGKILL");
      }
    }
    await this.#ended;
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (line.trim() === "") continue;
      let answer;
      try {
        answer = JSON.parse(line);
      } catch {
        this.#die(new DriverDied(`answers what is no JSON: ${line.slice(0, 200)}`, this.#errors));
        return;
      }
      this.#waiting.shift()?.resolve(answer);
    }
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}
