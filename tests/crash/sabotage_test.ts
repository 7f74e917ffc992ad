import assert from "node:assert/strict";
import { test } from "node:test";
import { explore } from "../../scripts/verify/crash/explore.ts";
import { peerScenarios } from "../../scripts/verify/crash/peer_scenarios.ts";
import { sabotages, unsabotaged } from "../../scripts/verify/crash/sabotage.ts";
import { byLength } from "../support/length.ts";

/** Where nothing may be lost, a crash comes at one moment out of so many. */
const ONE_OUT_OF = byLength({ tiny: 16, short: 8, long: 1 });

const names = [...new Set(sabotages().map(({ name }) => name))];

for (const name of names) {
  test(`P2 P3 ${name}, data is lost`, async () => {
    for (const scenario of sabotages().filter((each) => each.name === name)) {
      if ((await explore(scenario, { maxViolations: 1 })).violations > 0) return;
    }
    assert.fail("nothing was lost");
  });
}

test("P2 P3 with every step in its place, the same work loses nothing", async () => {
  for (const scenario of unsabotaged()) {
    const { first, violations } = await explore(scenario, { oneOutOf: ONE_OUT_OF });
    assert.equal(violations, 0, `${scenario.name}: ${first?.what}\n${first?.story.join("\n")}`);
  }
});

test("the simulation finds the faults of other writers' protocols, and tells the story", async () => {
  const violations: Record<string, number[]> = {};
  for (const scenario of peerScenarios()) {
    const { first, ...found } = await explore(scenario);
    (violations[scenario.writer.name] ??= []).push(found.violations);
    if (found.violations > 0) assert.ok(first!.story.length > 5);
  }
  const lost = Object.values(violations).map((counts) => counts.map((count) => count > 0));
  // With an atomic rename, and with one that falls apart: only syncing all and a rename that is
  // atomic keep everything.
  assert.deepEqual(lost, [[true, true], [true, true], [true, true], [true, true], [false, true]]);
});
