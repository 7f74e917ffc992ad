import { clearInterval, setInterval } from "node:timers";

/** Persists at intervals, without keeping the process alive. */
export class PersistTimer {
  readonly #interval: ReturnType<typeof setInterval>;

  constructor(everyMs: number, persist: () => void) {
    this.#interval = setInterval(persist, everyMs);
    this.#interval.unref();
  }

  stop(): void {
    clearInterval(this.#interval);
  }
}
