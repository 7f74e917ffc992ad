import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Offset } from "../../mod.ts";
import { type Message, parseMessage } from "./message.ts";

/** A consumer in a process of its own, seen from outside. */
export class Consumer {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #found = Promise.withResolvers<readonly Offset[]>();
  readonly #firstAcknowledged = Promise.withResolvers<void>();
  #acknowledged: readonly Offset[] | undefined;
  #persists = 0;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#ended = once(child, "close");
    let unread = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      // What the kill has cut short was not said.
      const lines = (unread + text).split("\n");
      unread = lines.pop()!;
      lines.forEach((line) => this.#hear(parseMessage(line)));
    });
    this.#ended.catch(() => {}).then(() => {
      const early = new Error("Cannot go on with the demo: the consumer ended by itself");
      this.#found.reject(early);
      this.#firstAcknowledged.reject(early);
    });
    // Nobody may be waiting.
    this.#found.promise.catch(() => {});
    this.#firstAcknowledged.promise.catch(() => {});
  }

  /** Starts `script`, in the runtime that runs this, with permission for `root` only. */
  static start(script: string, root: string): Consumer {
    const permissions = [`--allow-read=${root}`, `--allow-write=${root}`];
    const deno = process.versions.deno === undefined ? [] : ["run", "--no-prompt", ...permissions];
    return new Consumer(
      spawn(process.execPath, [...deno, script, "consumer", root], {
        // To copy the environment would need permission to read it.
        env: {},
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
  }

  /** The offsets that it found when it opened its store. */
  get found(): Promise<readonly Offset[]> {
    return this.#found.promise;
  }

  /** Resolves when it has acknowledged something. */
  get firstAcknowledged(): Promise<void> {
    return this.#firstAcknowledged.promise;
  }

  /** The offsets that it has acknowledged last. */
  get acknowledged(): readonly Offset[] | undefined {
    return this.#acknowledged;
  }

  /** How many persists it has acknowledged. */
  get persists(): number {
    return this.#persists;
  }

  /** Kills it, at whatever it does just now. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  /** Asks it to close its store and end. */
  async stop(): Promise<void> {
    this.#process.stdin!.end();
    await this.#ended;
  }

  #hear({ kind, offsets }: Message): void {
    if (kind === "found") return this.#found.resolve(offsets);
    this.#persists++;
    this.#acknowledged = offsets;
    this.#firstAcknowledged.resolve();
  }
}
