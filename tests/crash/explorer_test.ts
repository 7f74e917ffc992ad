import assert from "node:assert/strict";
import { test } from "node:test";
import { exploreSeed, shortenSeed } from "../../scripts/verify/crash/story/explore_seed.ts";
import { addTags, type Tags } from "../../scripts/verify/crash/story/explore_story.ts";
import { generate, subjectOf } from "../../scripts/verify/crash/story/generate.ts";
import { report } from "../../scripts/verify/crash/story/report.ts";
import type { Sabotage } from "../../scripts/verify/crash/story/sabotage.ts";
import { wrap } from "../../scripts/verify/disk/replace_calls.ts";
import { byLength } from "../support/length.ts";
import { assertEnoughOfEach } from "./enough_of_each.ts";

/** `deno task explore` has no end. */
const SEEDS = byLength({ tiny: 5, short: 20, long: 60 });
const STATES = byLength({ tiny: 250, short: 1_000, long: 3_000 });

let states = 0;
const tags: Tags = new Map();

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`P2 P3 L2 L6 J5 every crash of the story of seed ${seed}, ${subjectOf(seed)}`, async () => {
    const { first, ...found } = await exploreSeed(seed);
    states += found.states;
    addTags(tags, found.tags);
    const told = first === undefined ? "" : report(generate(seed), first).join("\n");
    assert.equal(found.violations, 0, told);
  });
}

test("the stories have enough states of each kind", () => {
  assert.ok(states >= STATES, `only ${states} states were explored`);
  assertEnoughOfEach(states, tags);
});

test("the explorer finds a step that is left out, and the shortest story that shows it", async () => {
  // No entry of a directory is ever made durable.
  const sabotage: Sabotage = { wrap: (fs) => wrap(fs, { syncDirectory: async () => {} }) };
  for (let seed = 1;; seed++) {
    const { first } = await exploreSeed(seed, { sabotage });
    if (first === undefined || !/^nothing was loaded, though/.test(first.what)) continue;
    const { story, violation } = await shortenSeed(seed, first.what, { sabotage });
    const steps = story.steps.map((step) => step.do);
    assert.ok(steps.length <= 3, steps.join());
    assert.equal(story.splitRename, false);
    const lines = report(story, violation);
    assert.ok(lines.includes("    -- the power is cut"), lines.join("\n"));
    assert.match(lines[0], /^nothing was loaded, though 0=\d/);
    return;
  }
});
