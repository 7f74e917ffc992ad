import { setImmediate } from "node:timers/promises";

/** Lets others have their turn in long work, so that nobody waits long. */
export class CooperativeYield {
  readonly #atATime: number;
  #done = 0;

  /** `atATime` is how much may be done at a time, in units of the caller's. */
  constructor(atATime: number) {
    this.#atATime = atATime;
  }

  /** Counts work that was done; if it was much, the answer is to be awaited. */
  did(work: number): Promise<void> | undefined {
    this.#done += work;
    if (this.#done < this.#atATime) return undefined;
    this.#done = 0;
    return setImmediate();
  }
}
