import assert from "node:assert/strict";
import type { Tags } from "../../scripts/verify/crash/story/explore_story.ts";
import { LENGTH } from "../support/length.ts";
import type { Tag } from "../../scripts/verify/crash/story/situation.ts";

/** Events that must precede at least a tenth of the explored states each. */
const NEEDED: readonly Tag[] = ["lowering", "deletion", "foreign write", "second process"];

/**
 * Asserts that no kind of history is hardly met: a fault of that kind would go unnoticed. A slice of
 * the moments has no shares: only a long run is held to them.
 */
export function assertEnoughOfEach(states: number, tags: Tags): void {
  if (LENGTH !== "long") return;
  for (const tag of NEEDED) {
    const count = tags.get(tag) ?? 0;
    assert.ok(count * 10 >= states, `only ${count} of ${states} states come after a ${tag}`);
  }
}
