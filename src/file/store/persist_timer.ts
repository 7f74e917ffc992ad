import { clearInterval, setInterval } from "node:timers";

/** Persists at intervals, without keeping the process alive; without an interval it does nothing. */
export class PersistTimer {
  readonly #everyMs: number | "never";
  readonly #persist: () => void;
  #interval: ReturnType<typeof setInterval> | "stopped" = "stopped";

  constructor(everyMs: number | "never", persist: () => void) {
    this.#everyMs = everyMs;
    this.#persist = persist;
    this.start();
  }

  start(): void {
    if (this.#everyMs === "never" || this.#interval !== "stopped") return;
    this.#interval = setInterval(this.#persist, this.#everyMs);
    this.#interval.unref();
  }

  stop(): void {
    if (this.#interval === "stopped") return;
    clearInterval(this.#interval);
    this.#interval = "stopped";
  }
}
