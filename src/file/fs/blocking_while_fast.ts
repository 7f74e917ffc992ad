import { setImmediate } from "node:timers";
import type { MaybePromise } from "./maybe_promise.ts";

/** On Node the global is a getter. */
const { performance } = globalThis;

/** No call should take longer in the thread of the event loop. */
const QUICK_MS = 1;
/**
 * Nor should the loop be kept from turning for longer by who makes one after the other; the last of
 * them comes on top. To let it turn takes as long as half a sync, so this is not less.
 */
const TURN_MS = 4;

/** The present turn of the event loop, since a call was made in its thread. */
export class Turn {
  #start = Infinity;
  #next: Promise<void> | undefined;

  /** Whether the others should have theirs. */
  isOver(now: number): boolean {
    return now - this.#start >= TURN_MS;
  }

  /** A call is made in it. */
  use(now: number): void {
    if (this.#start !== Infinity) return;
    this.#start = now;
    void this.next();
  }

  /** Waits for the next one. */
  next(): Promise<void> {
    return this.#next ??= new Promise((resolve) => setImmediate(this.#begin, resolve));
  }

  readonly #begin = (resolve: () => void) => {
    this.#start = Infinity;
    this.#next = undefined;
    resolve();
  };
}

const turn = new Turn();

/**
 * Makes calls of one kind in this thread while that is quick, and in another one from the first
 * time that it is not.
 *
 * On a good disk a small sync takes less time than it takes to have another thread do it, and wake
 * this one again; on a slow one nobody may wait for it here. How long the last one took tells. Who
 * persists again and again without waiting for anything else lets the event loop turn, too.
 */
export class BlockingWhileFast {
  readonly #now: () => number;
  readonly #turn: Turn;
  #areQuick = false;
  /** When a call was begun, of which the second part is still to be made. */
  #begun: number | undefined;

  constructor(now = () => performance.now(), thisTurn = turn) {
    this.#now = now;
    this.#turn = thisTurn;
  }

  /**
   * Begins a call of two parts, the second of which `run` makes, at once: their times are one.
   *
   * @returns Whether the first part may be made here and now; otherwise nothing is begun.
   */
  begin(): boolean {
    this.#begun = undefined;
    if (!this.#areQuick) return false;
    const now = this.#now();
    if (this.#turn.isOver(now)) return false;
    this.#begun = now;
    return true;
  }

  /** Makes a call by one of two ways to do the same. */
  run<T>(here: () => T, elsewhere: () => Promise<T>): MaybePromise<T> {
    const begun = this.#begun;
    if (begun !== undefined) {
      this.#begun = undefined;
      return this.#runHere(here, begun);
    }
    if (!this.#areQuick) return this.#runElsewhere(elsewhere);
    const now = this.#now();
    return this.#turn.isOver(now) ? this.#runInNextTurn(here) : this.#runHere(here, now);
  }

  #runHere<T>(here: () => T, start: number): T {
    this.#turn.use(start);
    const answer = here();
    this.#areQuick = this.#now() - start < QUICK_MS;
    return answer;
  }

  /** To wait for a turn takes less time than to wake another thread and be woken by it. */
  async #runInNextTurn<T>(here: () => T): Promise<T> {
    for (;;) {
      await this.#turn.next();
      const now = this.#now();
      if (!this.#turn.isOver(now)) return this.#runHere(here, now);
    }
  }

  async #runElsewhere<T>(elsewhere: () => Promise<T>): Promise<T> {
    const start = this.#now();
    const answer = await elsewhere();
    this.#areQuick = this.#now() - start < QUICK_MS;
    return answer;
  }
}
