import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { scenarios } from "../../scripts/verify/crash/scenarios.ts";
import {
  addTags,
  exploreStory,
  type Tags,
} from "../../scripts/verify/crash/story/explore_story.ts";
import { knownFault } from "../support/known_fault.ts";
import { assertEnoughOfEach } from "./enough_of_each.ts";
import { KNOWN_FAULTS } from "./known_faults.ts";

/**
 * Crashes during the recovery from a crash; `deno task crash` goes one deeper. `CRASH_DEPTH=1` takes
 * a tenth of the time, for who runs this thousands of times.
 */
const DEPTH = process.env.CRASH_DEPTH === "1" ? 1 : 2;

/** How many outcomes of a power cut are looked at, at each moment. */
const MAX_CUTS = DEPTH === 1 ? 4 : Infinity;

/** So that the slice cannot shrink unnoticed. */
const STATES = DEPTH === 1 ? 8_000 : 25_000;

/** With so many states of a scenario, no further second crashes. */
const MAX_STATES = 180;

let states = 0;
const tags: Tags = new Map();

for (const scenario of scenarios()) {
  const explore = async () => {
    const found = await exploreStory(scenario.story, {
      ...{ depth: DEPTH, maxStates: MAX_STATES, maxCuts: MAX_CUTS },
    });
    states += found.states;
    addTags(tags, found.tags);
    const { first, violations } = found;
    assert.equal(violations, 0, `${first?.what}\n${first?.story.join("\n")}`);
  };
  const fault = KNOWN_FAULTS[scenario.name.replace(", rename not atomic", "")];
  if (fault === undefined) test(`P2 P3 L2 L6 J5 every crash of ${scenario.name}`, explore);
  else knownFault(`P2 P3 L2 L6 J5 fault ${fault}: every crash of ${scenario.name}`, explore);
}

// The last test, not a hook: Deno lets a hook that fails pass.
test(`the scenarios have at least ${STATES} states, and enough of each kind`, () => {
  assert.ok(states >= STATES, `only ${states} states were explored`);
  // The shares are those of the whole slice.
  if (DEPTH > 1) assertEnoughOfEach(states, tags);
});
