import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";

/** So many turns of the event loop without anybody asleep mean that nothing will ever happen. */
const STUCK = 1000;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that goes on, from sleeper to sleeper, only when nothing else does. */
export class VirtualClock {
  /** Milliseconds since the clock was made. */
  now = 0;
  #sleepers: Sleeper[] = [];

  /** Sleeps so long. */
  readonly pause = (ms: number): Promise<void> =>
    new Promise((wake) => void this.#sleepers.push({ at: this.now + ms, wake }));

  /** Lets time pass until a promise has settled, and answers as it does. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = () => isSettled = true;
    promise.then(settle, settle);
    for (let idle = 0; !isSettled; idle++) {
      assert.ok(idle < STUCK, "everybody waits for something other than time");
      await setImmediate();
      if (!isSettled && this.#wakeNext()) idle = 0;
    }
    return await promise;
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await this.until(this.pause(ms));
  }

  #wakeNext(): boolean {
    const [next] = this.#sleepers.sort((a, b) => a.at - b.at).splice(0, 1);
    if (next === undefined) return false;
    this.now = Math.max(this.now, next.at);
    next.wake();
    return true;
  }
}
