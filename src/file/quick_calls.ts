import { setImmediate } from "node:timers/promises";

/** No call should take longer in the thread of the event loop. */
const QUICK_MS = 1;
/** Nor should all that are made there in one of its turns. */
const TURN_MS = 2;

/** How much of the present turn of the event loop went into calls that were made in its thread. */
export class Turn {
  #spent = 0;
  #next: Promise<void> | undefined;

  /** Whether the others should have theirs. */
  get isOver(): boolean {
    return this.#spent >= TURN_MS;
  }

  spend(ms: number): void {
    this.#spent += ms;
    void this.next();
  }

  /** Waits for the next one. */
  next(): Promise<void> {
    return this.#next ??= this.#begin();
  }

  async #begin(): Promise<void> {
    await setImmediate();
    this.#next = undefined;
    this.#spent = 0;
  }
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
export class QuickCalls {
  readonly #now: () => number;
  readonly #turn: Turn;
  #areQuick = false;

  constructor(now = () => performance.now(), thisTurn = turn) {
    this.#now = now;
    this.#turn = thisTurn;
  }

  /** Makes a call by one of two ways to do the same. */
  run<T>(here: () => T, elsewhere: () => Promise<T>): T | Promise<T> {
    if (!this.#areQuick) return this.#runElsewhere(elsewhere);
    return this.#turn.isOver ? this.#runInNextTurn(here) : this.#runHere(here);
  }

  #runHere<T>(here: () => T): T {
    const start = this.#now();
    const answer = here();
    const taken = this.#now() - start;
    this.#turn.spend(taken);
    this.#areQuick = taken < QUICK_MS;
    return answer;
  }

  /** To wait for a turn takes less time than to wake another thread and be woken by it. */
  async #runInNextTurn<T>(here: () => T): Promise<T> {
    while (this.#turn.isOver) await this.#turn.next();
    return this.#runHere(here);
  }

  async #runElsewhere<T>(elsewhere: () => Promise<T>): Promise<T> {
    const start = this.#now();
    const answer = await elsewhere();
    this.#areQuick = this.#now() - start < QUICK_MS;
    return answer;
  }
}
