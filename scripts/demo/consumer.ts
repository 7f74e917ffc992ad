import process from "node:process";
import type { Offset } from "../../mod.ts";
import { Child } from "../lib/child.ts";
import { type Message, parseMessage } from "./message.ts";

/** A consumer in a process of its own, seen from outside. */
export class Consumer {
  readonly #child: Child;
  readonly #found = Promise.withResolvers<readonly Offset[]>();
  readonly #firstAcknowledged = Promise.withResolvers<void>();
  #acknowledged: readonly Offset[] | undefined;
  #persists = 0;

  private constructor(child: Child) {
    this.#child = child;
    // Nobody may be waiting.
    this.#found.promise.catch(() => {});
    this.#firstAcknowledged.promise.catch(() => {});
    void this.#listen();
  }

  /** Starts `script`, in the runtime that runs this, with permission for `root` only. */
  static start(script: string, root: string): Consumer {
    const permissions = [`--allow-read=${root}`, `--allow-write=${root}`];
    const deno = process.versions.deno === undefined ? [] : ["run", "--no-prompt", ...permissions];
    const command = [process.execPath, ...deno, script, "consumer", root];
    // To copy the environment would need permission to read it.
    return new Consumer(new Child(command, { env: {}, shows: "errors" }));
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
    this.#child.kill();
    await this.#child.ended;
  }

  /** Asks it to close its store and end. */
  async stop(): Promise<void> {
    this.#child.hangUp();
    await this.#child.ended;
  }

  async #listen(): Promise<void> {
    for (;;) {
      const line = await this.#child.take();
      if (line === undefined) break;
      this.#hear(parseMessage(line));
    }
    const early = new Error("Cannot go on with the demo: the consumer ended by itself");
    this.#found.reject(early);
    this.#firstAcknowledged.reject(early);
  }

  #hear({ kind, offsets }: Message): void {
    if (kind === "found") return this.#found.resolve(offsets);
    this.#persists++;
    this.#acknowledged = offsets;
    this.#firstAcknowledged.resolve();
  }
}
