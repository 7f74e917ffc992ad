import type { CommitJob } from "../commit/commit_job.ts";
import type { Committer } from "../commit/committer.ts";
import type { Written } from "../commit/written.ts";
import { CommitCounts } from "./commit_counts.ts";
import { GroupCommit } from "./group_commit.ts";
import { isEnded } from "./life.ts";
import type { OpenedFiles } from "./open_files.ts";
import type { Reporter } from "./reporter.ts";
import { type CommitSource, StoreJob } from "./store_job.ts";

/** The commits of a store: what each captures, how it went, and the slots that it frees. */
export class StoreCommits {
  readonly #path: string;
  readonly #committer: Committer;
  readonly #reporter: Reporter;
  readonly #source: CommitSource;
  readonly #group = new GroupCommit((captured) => this.#commit(captured));
  readonly #counts = new CommitCounts();

  constructor({ path, committer, reporter }: OpenedFiles, source: CommitSource) {
    this.#path = path;
    this.#committer = committer;
    this.#reporter = reporter;
    this.#source = source;
  }

  /** How the commits went. */
  get counts(): CommitCounts["status"] {
    return this.#counts.status;
  }

  /** Tells whether a commit is under way that callers still join. */
  get isOpen(): boolean {
    return this.#group.isOpen;
  }

  /** Resolves once a commit with all present changes has succeeded. */
  run(): Promise<void> {
    return this.#group.run();
  }

  /** Commits without a caller: only the listener hears of a failure, and the next commit tries again. */
  runInBackground(): void {
    this.run().catch((error) => {
      // A commit that stops since the store is abandoned has not failed.
      if (isEnded(this.#source.life())) return;
      this.#reporter.report({ kind: "persist-failed", path: this.#path, error });
    });
  }

  /** Takes a turn between commits; it may free slots. */
  alone(action: () => Promise<void>): Promise<void> {
    return this.#group.alone(async () => {
      try {
        await action();
      } finally {
        this.#freeSlots();
      }
    });
  }

  /** Resolves once no commit is running or waiting. */
  idle(): Promise<void> {
    return this.#group.idle();
  }

  /** Frees the slots of dropped queues, unless a commit is under way, which may still hold them. */
  freeSlotsIfIdle(): void {
    if (this.#group.isIdle) this.#freeSlots();
  }

  async #commit(captured: () => void): Promise<void> {
    try {
      const job = new StoreJob(this.#source, this.#committer, captured);
      const { as, bytes } = this.#reporter.hasListener
        ? await this.#measured(job)
        : await this.#committer.commit(job);
      this.#counts.succeeded(bytes);
      this.#reporter.succeeded(as);
    } catch (error) {
      this.#counts.failed(error);
      throw error;
    } finally {
      this.#freeSlots();
    }
    if (this.#committer.isOutgrown && this.#source.life().is === "open") this.runInBackground();
  }

  /** Commits, and tells the listener how long that took. */
  async #measured(job: CommitJob): Promise<Written> {
    const begun = performance.now();
    const written = await this.#committer.commit(job);
    const { as, bytes } = written;
    if (as !== "nothing") {
      const durationMs = performance.now() - begun;
      this.#reporter.report({ kind: "persisted", path: this.#path, as, bytes, durationMs });
    }
    return written;
  }

  /** Frees the slots of queues that neither memory nor the files hold; no commit may be under way. */
  #freeSlots(): void {
    const { memory } = this.#source;
    memory.dropped.free(memory, this.#committer.known);
  }
}
