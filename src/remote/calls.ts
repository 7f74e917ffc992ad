import { Deadline } from "./network/deadline.ts";

/** The calls of a store that are under way. */
export class Calls {
  readonly #timeoutMs: number;
  readonly #running = new Set<Promise<unknown>>();
  readonly #abandoned = new AbortController();

  /** `timeoutMs` is how long a call may take. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Runs a call, which rejects early once its caller's signal is aborted. */
  async run<T>(
    signal: AbortSignal | undefined,
    call: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const signals = [this.#abandoned.signal, ...(signal === undefined ? [] : [signal])];
    const deadline = new Deadline(this.#timeoutMs, signals);
    const running = call(deadline).finally(() => {
      deadline.end();
      this.#running.delete(running);
    });
    this.#running.add(running);
    return await deadline.unlessAborted(running);
  }

  /** Resolves when the calls that are under way now have ended. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Rejects all calls that are under way with the error. */
  abandon(error: Error): void {
    this.#abandoned.abort(error);
  }
}
