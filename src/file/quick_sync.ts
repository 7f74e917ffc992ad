/** No turn of an event loop should last longer. */
const QUICK_MS = 1;

/**
 * Syncs in this thread while that is quick, and in another one from the first time that it is not.
 *
 * On a good disk a small sync takes less time than it takes to have another thread do it, and wake
 * this one again; on a slow one nobody may wait for it here. How long the last one took tells.
 */
export class QuickSync {
  readonly #now: () => number;
  #isQuick = false;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Syncs by one of two ways to do the same. */
  async run(here: () => void, elsewhere: () => Promise<void>): Promise<void> {
    const start = this.#now();
    if (this.#isQuick) here();
    else await elsewhere();
    this.#isQuick = this.#now() - start < QUICK_MS;
  }
}
