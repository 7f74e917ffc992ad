import { clearInterval, setInterval } from "node:timers";

/** Persists at intervals, without keeping the process alive. */
export class PersistTimer {
  readonly #interval: ReturnType<typeof setInterval>;

  /** `onError` hears of failures; the next tick tries again. */
  constructor(everyMs: number, persist: () => Promise<void>, onError: (error: unknown) => void) {
    this.#interval = setInterval(() => void persist().catch(onError), everyMs);
    this.#interval.unref();
  }

  stop(): void {
    clearInterval(this.#interval);
  }
}
