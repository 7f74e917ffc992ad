import { setImmediate, setTimeout } from "node:timers/promises";

/**
 * The handlers of messages that are running: a consumer that closes waits for them, and begins no
 * other.
 */
export class RunningHandlers {
  readonly #running: Set<Promise<unknown>> = new Set<Promise<unknown>>();
  #closed = false;

  /**
   * Runs a handler. Once closed, the promise stays pending instead: if it settled, ali-ons would
   * take the message for handled.
   */
  run<T>(handler: () => Promise<T>): Promise<T> {
    if (this.#closed) return new Promise(() => {});
    const running = handler();
    this.#running.add(running);
    const remove = () => this.#running.delete(running);
    running.then(remove, remove);
    return running;
  }

  /** Lets no handler begin any more, and waits for those that run, but no longer than told. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    const inTime = new AbortController();
    const timeout = setTimeout(timeoutMs, undefined, { signal: inTime.signal }).catch(() => {});
    await Promise.race([Promise.allSettled(this.#running), timeout]);
    inTime.abort();
    // ali-ons updates the offset some microtasks after the handler has ended.
    await setImmediate();
  }
}
