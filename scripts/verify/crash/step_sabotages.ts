import { SNAPSHOT_STEPS, type SnapshotStep } from "../../../src/file/commit/replace_snapshot.ts";
import type { Sabotage } from "./story/sabotage.ts";

/** A sabotage with a name, for a test. */
export interface NamedSabotage extends Sabotage {
  readonly name: string;
}

/** The persist protocol with each step left out, and with each two neighbours in the other order. */
export function stepSabotages(steps: readonly SnapshotStep[] = SNAPSHOT_STEPS): NamedSabotage[] {
  const leftOut = steps.map(({ name }, at) => ({
    name: `without "${name}"`,
    protocol: steps.toSpliced(at, 1),
  }));
  const swapped = steps.slice(1).map((step, at) => ({
    name: `"${step.name}" before "${steps[at].name}"`,
    protocol: steps.toSpliced(at, 2, step, steps[at]),
  }));
  return [...leftOut, ...swapped];
}
