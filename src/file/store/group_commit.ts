import { isLater, type MaybePromise } from "../fs/maybe_promise.ts";

/**
 * Lets any number of callers share a commit (clause P5): one is running, at most one is waiting.
 *
 * Who asks before the one that is running has taken its changes is in it. Who asks later waits for
 * the next, with everybody else who asks until that has taken its own.
 */
export class GroupCommit {
  readonly #commit: (taken: () => void) => MaybePromise<void>;
  #running: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;
  #hasTaken = false;

  /** `commit` must include all changes that were made before it calls `taken`. */
  constructor(commit: (taken: () => void) => MaybePromise<void>) {
    this.#commit = commit;
  }

  run(): Promise<void> {
    // Asked first: between the end of one and the start of the next, only this says that one comes.
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#start();
    if (!this.#hasTaken) return this.#running;
    return this.#waiting = this.#startAfter(this.#running);
  }

  async #startAfter(running: Promise<void>): Promise<void> {
    // Whether the one before failed is for those who asked for it.
    await running.catch(() => {});
    this.#waiting = undefined;
    await this.#start();
  }

  #start(): Promise<void> {
    this.#hasTaken = false;
    return this.#running = this.#run();
  }

  async #run(): Promise<void> {
    // Who asks in the same turn is in it, however soon it takes its changes.
    await undefined;
    try {
      const committing = this.#commit(this.#taken);
      // Stryker disable next-line ConditionalExpression: to wait for nothing takes time, and that is all
      if (isLater(committing)) await committing;
    } finally {
      this.#running = undefined;
    }
  }

  readonly #taken = () => void (this.#hasTaken = true);
}
