import assert from "node:assert/strict";
import { test } from "node:test";
import { scenarios } from "../../scripts/verify/crash/scenarios.ts";
import {
  addTags,
  exploreStory,
  type Tags,
} from "../../scripts/verify/crash/story/explore_story.ts";
import { byLength } from "../support/length.ts";
import { assertEnoughOfEach } from "./enough_of_each.ts";

/**
 * How the scenarios are explored, and at least how many states there are in all, so that the slice
 * cannot shrink unnoticed. `deno task crash` goes deeper.
 */
const { STATES, ...SLICE } = byLength({
  tiny: { depth: 1, oneOutOf: 16, maxCuts: 2, STATES: 500 },
  short: { depth: 1, oneOutOf: 8, maxCuts: 3, STATES: 1_500 },
  long: { depth: 2, maxStates: 60, maxCuts: 8, STATES: 10_000 },
});

let states = 0;
const tags: Tags = new Map();

for (const scenario of scenarios()) {
  test(`P2 P3 L2 L6 J5 every crash of ${scenario.name}`, async () => {
    const found = await exploreStory(scenario.story, SLICE);
    states += found.states;
    addTags(tags, found.tags);
    const { first, violations } = found;
    assert.equal(violations, 0, `${first?.what}\n${first?.story.join("\n")}`);
  });
}

// The last test, not a hook: Deno lets a hook that fails pass.
test(`the scenarios have at least ${STATES} states, and enough of each kind`, () => {
  console.log(`${states} states`);
  assert.ok(states >= STATES, `only ${states} states were explored`);
  assertEnoughOfEach(states, tags);
});
