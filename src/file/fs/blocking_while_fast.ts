import { setImmediate } from "node:timers";

/** On Node the global is a getter. */
const { performance } = globalThis;

/** No call should block the event loop for longer. */
const FAST_MS = 1;
/**
 * Several calls in a row should not block it for longer, without a turn of the event loop in
 * between. To wait for a turn takes as long as half a sync, so a lower limit would cost too much.
 */
const TURN_MS = 4;

/** The present turn of the event loop: how long calls in this thread have blocked it. */
export class Turn {
  #start = Infinity;
  #next: Promise<void> | undefined;

  /** Whether the event loop should get its next turn now. */
  isOver(now: number): boolean {
    return now - this.#start >= TURN_MS;
  }

  /** Marks that a call is made in this turn. */
  use(now: number): void {
    if (this.#start !== Infinity) return;
    this.#start = now;
    void this.next();
  }

  /** Waits for the next turn. */
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
 * Makes calls of one kind in this thread while they are fast, and in another thread from the first
 * time that one is slow.
 *
 * On a fast disk a small sync takes less time than handing it to another thread and being woken. On
 * a slow disk no call may block the event loop. The duration of the last call decides.
 */
export class BlockingWhileFast {
  readonly #now: () => number;
  readonly #turn: Turn;
  #isFast = false;

  constructor(now = () => performance.now(), thisTurn = turn) {
    this.#now = now;
    this.#turn = thisTurn;
  }

  /** Whether a call may be made in this thread, and in this turn of the event loop. */
  get mayBlock(): boolean {
    return this.#isFast && !this.#turn.isOver(this.#now());
  }

  /** Makes a call in one of two ways that have the same effect. */
  async run<T>(here: () => T, elsewhere: () => Promise<T>): Promise<T> {
    // To wait for a turn takes less time than to hand the call to another thread. Meanwhile another
    // call of this kind may turn out to be slow.
    while (this.#isFast && !this.mayBlock) await this.#turn.next();
    if (this.#isFast) return this.runHere(here);
    const start = this.#now();
    return this.#timed(start, await elsewhere());
  }

  /** Makes a call in this thread. */
  runHere<T>(here: () => T): T {
    const start = this.#now();
    this.#turn.use(start);
    return this.#timed(start, here());
  }

  #timed<T>(start: number, result: T): T {
    this.#isFast = this.#now() - start < FAST_MS;
    return result;
  }
}
