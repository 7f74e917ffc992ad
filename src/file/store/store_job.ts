import type { CommitRequest } from "../../core/commit_plan.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import type { Changes } from "../commit/changes.ts";
import type { CommitJob } from "../commit/commit_job.ts";
import type { Committer } from "../commit/committer.ts";
import type { Deletions } from "./deletions.ts";
import type { Life } from "./life.ts";
import type { MemoryTable } from "./memory_table.ts";

/** What a commit takes from its store. */
export interface CommitSource {
  readonly memory: MemoryTable;
  readonly deletions: Deletions;
  /** The present life of the store. */
  readonly life: () => Life;
}

/** What a commit of a store is to make durable: all changes of memory, and the deletions. */
export class StoreJob implements CommitJob {
  readonly #source: CommitSource;
  readonly #committer: Committer;
  readonly #captured: () => void;

  /** @param captured Is called before the changes are captured: later callers are not in the commit. */
  constructor(source: CommitSource, committer: Committer, captured: () => void) {
    this.#source = source;
    this.#committer = committer;
    this.#captured = captured;
  }

  /** A store that begins to close while callers still join this commit has it fold the journal. */
  get purpose(): CommitRequest["purpose"] {
    if (this.#source.life().is === "closing") return "close";
    return this.#committer.isOutgrown ? "compact" : "persist";
  }

  capture(durable: OffsetColumn, foreign?: OffsetColumn): Changes {
    this.#captured();
    const { memory, deletions } = this.#source;
    if (foreign !== undefined) memory.mergeForeign(foreign);
    const deleting: number[] = [];
    for (const { mq } of deletions.all()) {
      const slot = this.#committer.known.index.find(mq);
      if (slot !== undefined) deleting.push(slot);
    }
    return memory.takeChanges(durable, deleting);
  }

  giveBack(changes: Changes): void {
    this.#source.memory.giveBack(changes);
  }

  ended(durable: OffsetColumn, changes: Changes): void {
    this.#source.memory.settle(durable, changes);
  }
}
