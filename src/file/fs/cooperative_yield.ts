import { setImmediate } from "node:timers/promises";
import type { Slices } from "../../core/slices.ts";

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

/** The queues between two turns of the event loop: about a millisecond of work, where it takes longest. */
const QUEUES_AT_A_TIME = 1024;

/** Does work that comes in slices, and gives the event loop a turn from time to time. */
export async function inTurns<T>(work: Slices<T>): Promise<T> {
  const pacer = new CooperativeYield(QUEUES_AT_A_TIME);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await pacer.did(step.value);
  }
}
