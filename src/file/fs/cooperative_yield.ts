import { setImmediate } from "node:timers/promises";

/**
 * Gives the event loop a turn from time to time during long work, so that nothing else waits long.
 */
export class CooperativeYield {
  readonly #atATime: number;
  #done = 0;

  /** `atATime` is how much work may be done without a turn, in units of the caller. */
  constructor(atATime: number) {
    this.#atATime = atATime;
  }

  /** Counts work that was done. If it returns a promise, the caller must await it. */
  did(work: number): Promise<void> | undefined {
    this.#done += work;
    if (this.#done < this.#atATime) return undefined;
    this.#done = 0;
    return setImmediate();
  }
}
