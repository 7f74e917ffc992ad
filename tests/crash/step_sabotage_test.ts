/** Each step and rule of the persist protocol is needed: without it, an invariant is violated. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RULE_SABOTAGES } from "../../scripts/verify/crash/rule_sabotages.ts";
import {
  exploreRuleSabotage,
  exploreSabotage,
  scenarioOf,
} from "../../scripts/verify/crash/sabotaged_histories.ts";
import { stepSabotages } from "../../scripts/verify/crash/step_sabotages.ts";
import { exploreStory } from "../../scripts/verify/crash/story/explore_story.ts";
import { UNDETECTED } from "../../scripts/verify/crash/undetected.ts";
import { SNAPSHOT_STEPS } from "../../src/file/commit/replace_snapshot.ts";
import { byLength, LENGTH } from "../support/length.ts";

/** How many outcomes of a power cut are looked at, at each moment. */
const MAX_CUTS = byLength({ tiny: 8, short: 8, long: Infinity });
/** The same where nothing is found, which takes longest and is left out unless much is to be done. */
const MAX_CUTS_OF_LISTED = 8;

/** At one moment out of so many the whole protocol is crashed, over the same history. */
const CONTROLS_OUT_OF = byLength({ tiny: 4, short: 1, long: 1 });

for (const sabotage of stepSabotages()) {
  const { name } = sabotage;
  const isListed = Object.hasOwn(UNDETECTED, name);
  if (isListed && LENGTH !== "long") continue;
  test(`P2 P3 P7 P8 P9 O1 ${name}, ${isListed ? "nothing shows" : "an invariant is violated"}`, async () => {
    const { violations, first } = await exploreSabotage(sabotage, {
      maxCuts: isListed ? MAX_CUTS_OF_LISTED : MAX_CUTS,
    });
    assert.equal(violations > 0, !isListed, first?.what);
  });
}

test("every step is left out, and every two neighbours are swapped", () => {
  const names = stepSabotages().map(({ name }) => name);
  assert.equal(new Set(names).size, 2 * SNAPSHOT_STEPS.length - 1);
  assert.deepEqual(Object.keys(UNDETECTED).filter((name) => !names.includes(name)), []);
  for (const reason of Object.values(UNDETECTED)) assert.match(reason, /^[A-Z].*\.$/);
});

for (const sabotage of RULE_SABOTAGES) {
  test(`P2 P9 J3 ${sabotage.name}: ${sabotage.violation.source}`, async () => {
    const { violations } = await exploreRuleSabotage(sabotage);
    assert.ok(violations > 0);
    const { first } = await exploreStory(scenarioOf(sabotage.scenario).story, {
      oneOutOf: CONTROLS_OUT_OF,
    });
    assert.equal(first, undefined, `with the rule: ${first?.what}`);
  });
}
