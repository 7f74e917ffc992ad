import { clearTimeout, setTimeout } from "node:timers";

/** The time of a call is over. */
export class DeadlineReached extends Error {
  override readonly name = "DeadlineReached";
}

/**
 * When a call must end: after a time, or once a signal says so.
 *
 * Its timer keeps the process alive, so that a call which is awaited is answered. Sockets and all
 * other timers of the store do not.
 */
export class Deadline {
  readonly #listeners = new Set<(reason: unknown) => void>();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #signals: readonly AbortSignal[];
  readonly #end: number;
  #reached: { readonly reason: unknown } | undefined;

  /** Begins to count; call `end` when the call has ended. */
  constructor(ms: number, signals: readonly AbortSignal[] = []) {
    this.#timer = setTimeout(() => this.#reach(new DeadlineReached(`after ${ms} ms`)), ms);
    this.#end = performance.now() + ms;
    this.#signals = signals;
    for (const signal of signals) signal.addEventListener("abort", this.#onAbort);
    const aborted = signals.find((signal) => signal.aborted);
    if (aborted !== undefined) this.#reach(aborted.reason);
  }

  /** How much time is left. */
  get remainingMs(): number {
    // A timer may be up to a millisecond early.
    return this.#reached === undefined ? Math.max(0, this.#end - performance.now()) : 0;
  }

  /** Releases the timer and the signals. */
  end(): void {
    clearTimeout(this.#timer);
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#onAbort);
  }

  /** Throws the reason if the deadline is reached: the signal's, or `DeadlineReached`. */
  check(): void {
    if (this.#reached !== undefined) throw this.#reached.reason;
  }

  /** Settles as the promise does, or rejects once the deadline is reached. */
  within<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = this.#onReached(reject);
      promise.finally(leave).then(resolve, reject);
    });
  }

  /** Settles as the promise does, or rejects once a signal says so; not because of the time. */
  unlessAborted<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = this.#onReached((reason) => {
        if (!(reason instanceof DeadlineReached)) reject(reason);
      });
      promise.finally(leave).then(resolve, reject);
    });
  }

  /** Waits, for less time if the deadline is reached. */
  async sleep(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.within(new Promise<void>((resolve) => timer = setTimeout(resolve, ms)));
    } finally {
      clearTimeout(timer);
    }
  }

  #onReached(listener: (reason: unknown) => void): () => void {
    if (this.#reached !== undefined) listener(this.#reached.reason);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  readonly #onAbort = ({ target }: Event) => this.#reach((target as AbortSignal).reason);

  #reach(reason: unknown): void {
    if (this.#reached !== undefined) return;
    this.#reached = { reason };
    clearTimeout(this.#timer);
    this.#listeners.forEach((listener) => listener(reason));
  }
}
