import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { MessageQueue, ReadType } from "../../src/core/mod.ts";

/** What is said to a driver; `tests/README.md` describes the protocol. */
export type Request =
  | { readonly op: "hello" | "close" }
  | {
    readonly op: "open";
    readonly root: string;
    readonly clientId: string;
    readonly group: string;
  }
  | {
    readonly op: "update";
    readonly mq: MessageQueue;
    readonly offset: string;
    readonly increaseOnly: boolean;
  }
  | { readonly op: "read"; readonly mq: MessageQueue; readonly type: ReadType }
  | { readonly op: "persist" };

/** What it answers, as far as the file checks look at it. */
export interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly message?: string;
  readonly path?: string;
  readonly offset?: string;
}

/** A driver that runs: one JSON object a line in, one a line out, in order. */
export class Driver {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #ended: Error | undefined;
  #errors = "";

  constructor([program, ...args]: readonly string[]) {
    this.#child = spawn(program, args);
    let rest = "";
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#waiting.shift()?.resolve(JSON.parse(line));
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (error) => this.#end(error));
    this.#child.on("close", (code, signal) => {
      this.#end(new Error(`the driver ended, ${signal ?? `code ${code}`}: ${this.#errors.trim()}`));
    });
  }

  ask(request: Request): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(asciiJson(request) + "\n");
    });
  }

  /** Asks, and throws if the answer is a fault. */
  async must(request: Request): Promise<Answer> {
    const answer = await this.ask(request);
    if (!answer.ok) throw new Error(`${request.op}: ${answer.error}, ${answer.message}`);
    return answer;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

/** Line readers disagree about U+2028, and platforms about the character set: both see ASCII. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
