/**
 * Lets any number of callers share a commit (clause P5): one is running, at most one is waiting.
 *
 * Callers join the running commit until it has captured its changes. Later callers wait together for
 * the next one.
 */
export class GroupCommit {
  readonly #commit: (captured: () => void) => Promise<void>;
  /** The last one in line. */
  #last: Turn | "none" = "none";

  /** `commit` must include all changes that were made before it calls `captured`. */
  constructor(commit: (captured: () => void) => Promise<void>) {
    this.#commit = commit;
  }

  /** Resolves once a commit with all present changes has succeeded. */
  run(): Promise<void> {
    const last = this.#last;
    if (last !== "none" && last.is === "open") return last.done;
    return this.#enqueue("open", (turn) =>
      this.#commit(() => {
        turn.is = "captured";
      }));
  }

  /** Takes a turn of its own, between commits: later callers wait for the next commit. */
  alone(action: () => Promise<void>): Promise<void> {
    return this.#enqueue("captured", action);
  }

  /** Tells whether a commit is under way that callers still join. */
  get isOpen(): boolean {
    return this.#last !== "none" && this.#last.is === "open";
  }

  /** Tells whether no commit is running or waiting. */
  get isIdle(): boolean {
    return this.#last === "none";
  }

  /** Resolves once no commit is running or waiting. */
  async idle(): Promise<void> {
    while (this.#last !== "none") await this.#last.done.catch(() => {});
  }

  #enqueue(is: Turn["is"], work: (turn: Turn) => Promise<void>): Promise<void> {
    const before = this.#last === "none" ? undefined : this.#last.done;
    const turn: Turn = { is, done: Promise.resolve() };
    turn.done = this.#take(turn, before, work);
    this.#last = turn;
    return turn.done;
  }

  async #take(
    turn: Turn,
    before: Promise<void> | undefined,
    work: (turn: Turn) => Promise<void>,
  ): Promise<void> {
    // Callers in the same tick join this commit, even if it captures its changes at once. The callers
    // of the commit before hear of its failure.
    await before?.catch(() => {});
    try {
      await work(turn);
    } finally {
      if (this.#last === turn) this.#last = "none";
    }
  }
}

/** A commit, or an action that takes its place. */
interface Turn {
  /** Callers join a commit while it is open. */
  is: "open" | "captured";
  done: Promise<void>;
}
