import type { CommitRequest } from "../../core/commit_plan.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import type { Changes } from "./changes.ts";

/** What a commit is to make durable. */
export interface CommitJob {
  readonly purpose: CommitRequest["purpose"];
  /**
   * Captures the changes of memory; it may be called again after `giveBack`.
   *
   * @param durable What the files hold.
   * @param foreign The same, if somebody else wrote it and it is to be merged into memory.
   */
  capture(durable: OffsetColumn, foreign?: OffsetColumn): Changes;
  /** Makes the next capture look at these changes again: they were not made durable. */
  giveBack(changes: Changes): void;
  /**
   * The commit has ended, well or not.
   *
   * @param durable What the files hold now.
   * @param changes The changes that were captured last: nothing else in the column is new.
   */
  ended(durable: OffsetColumn, changes: Changes): void;
}
