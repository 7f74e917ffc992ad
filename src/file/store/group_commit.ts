/**
 * Lets any number of callers share a commit (clause P5): one is running, at most one is waiting.
 *
 * Callers join the running commit until it has captured its changes. Later callers wait together for
 * the next one.
 */
export class GroupCommit {
  readonly #commit: (captured: () => void) => Promise<void>;
  #turn: Turn = { is: "idle" };

  /** `commit` must include all changes that were made before it calls `captured`. */
  constructor(commit: (captured: () => void) => Promise<void>) {
    this.#commit = commit;
  }

  /** Resolves once a commit with all present changes has succeeded. */
  run(): Promise<void> {
    const turn = this.#turn;
    if (turn.is === "idle") return this.#start();
    if (turn.is === "captured") {
      const commit = this.#startAfter(turn.commit);
      this.#turn = { is: "queued", commit };
      return commit;
    }
    return turn.commit;
  }

  /** Tells whether a commit is under way that callers still join. */
  get isOpen(): boolean {
    return this.#turn.is === "collecting" || this.#turn.is === "queued";
  }

  /** Resolves once no commit is running or waiting. */
  async idle(): Promise<void> {
    while (this.#turn.is !== "idle") await this.#turn.commit.catch(() => {});
  }

  async #startAfter(running: Promise<void>): Promise<void> {
    // The callers of the commit before hear of its failure.
    await running.catch(() => {});
    await this.#start();
  }

  #start(): Promise<void> {
    const commit = this.#run();
    this.#turn = { is: "collecting", commit };
    return commit;
  }

  async #run(): Promise<void> {
    // Callers in the same tick join this commit, even if it captures its changes at once.
    await undefined;
    const { commit } = this.#turn as Extract<Turn, { readonly is: "collecting" }>;
    try {
      await this.#commit(() => {
        if (this.#turn.is === "collecting") this.#turn = { is: "captured", commit };
      });
    } finally {
      // A commit that is queued starts by itself.
      if (this.#turn.is !== "queued") this.#turn = { is: "idle" };
    }
  }
}

type Turn =
  | { readonly is: "idle" }
  /** A commit runs that has not captured its changes. */
  | { readonly is: "collecting"; readonly commit: Promise<void> }
  /** A commit runs that has captured them. */
  | { readonly is: "captured"; readonly commit: Promise<void> }
  /** A commit is to follow the one that runs. */
  | { readonly is: "queued"; readonly commit: Promise<void> };
