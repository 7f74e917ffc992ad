/**
 * Lets any number of callers share a commit (clause P5): one is running, at most one is waiting.
 *
 * Who asks while one is running cannot know whether it includes his changes; he waits for the
 * next, with everybody else who asks until it begins.
 */
export class GroupCommit {
  readonly #commit: () => Promise<void>;
  #running: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  /** `commit` must include all changes that were made before it is called. */
  constructor(commit: () => Promise<void>) {
    this.#commit = commit;
  }

  run(): Promise<void> {
    // Asked first: between the end of one and the start of the next, only this says that one comes.
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#start();
    return this.#waiting = this.#startAfter(this.#running);
  }

  async #startAfter(running: Promise<void>): Promise<void> {
    // Whether the one before failed is for those who asked for it.
    await running.catch(() => {});
    this.#waiting = undefined;
    await this.#start();
  }

  async #start(): Promise<void> {
    this.#running = this.#commit();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }
}
