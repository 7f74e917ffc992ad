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
 * How many crashes follow one another, at how many states of a scenario no second crash follows any
 * more, how many outcomes of a power cut are looked at, at each moment, and at least how many states
 * there are in all, so that the slice cannot shrink unnoticed. `deno task crash` goes deeper.
 */
const [DEPTH, MAX_STATES, MAX_CUTS, STATES] = byLength({
  tiny: [1, 20, 2, 2_000],
  short: [2, 60, 8, 10_000],
  long: [2, 1500, Infinity, 25_000],
});

let states = 0;
const tags: Tags = new Map();

for (const scenario of scenarios()) {
  test(`P2 P3 L2 L6 J5 every crash of ${scenario.name}`, async () => {
    const found = await exploreStory(scenario.story, {
      ...{ depth: DEPTH, maxStates: MAX_STATES, maxCuts: MAX_CUTS },
    });
    states += found.states;
    addTags(tags, found.tags);
    const { first, violations } = found;
    assert.equal(violations, 0, `${first?.what}\n${first?.story.join("\n")}`);
  });
}

// The last test, not a hook: Deno lets a hook that fails pass.
test(`the scenarios have at least ${STATES} states, and enough of each kind`, () => {
  assert.ok(states >= STATES, `only ${states} states were explored`);
  assertEnoughOfEach(states, tags);
});
