import type { nextStep } from "../../../../src/core/commit_plan.ts";
import type { SnapshotStep } from "../../../../src/file/commit/replace_snapshot.ts";
import type { Wrap } from "./systems.ts";

/** A fault of a store, to show that the exploration finds it. */
export interface Sabotage {
  /** The steps of a snapshot. */
  readonly protocol?: readonly SnapshotStep[];
  /** The rules of a commit. */
  readonly plan?: typeof nextStep;
  /** Stands between the store and the simulated disk. */
  readonly wrap?: Wrap;
}
