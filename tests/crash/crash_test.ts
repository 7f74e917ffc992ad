import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { explore } from "../../scripts/verify/crash/explore.ts";
import { scenarios } from "../../scripts/verify/crash/scenarios.ts";

/**
 * Crashes during the recovery from a crash; `deno task crash` goes one deeper. `CRASH_DEPTH=1` takes
 * a tenth of the time, for who runs this thousands of times.
 */
const DEPTH = process.env.CRASH_DEPTH === "1" ? 1 : 2;

/** So that the slice cannot shrink unnoticed. */
const STATES = DEPTH === 1 ? 3_000 : 25_000;

/** Of each scenario; those that are left out here lie the deepest. */
const MAX_STATES = 1500;

let states = 0;

for (const scenario of scenarios(DEPTH)) {
  test(`P2 P3 L2 L6 J5 every crash of ${scenario.name}`, async () => {
    const { first, violations, ...explored } = await explore(scenario, { maxStates: MAX_STATES });
    assert.equal(violations, 0, `${first?.what}\n${first?.story.join("\n")}`);
    states += explored.states;
  });
}

// The last test, not a hook: Deno lets a hook that fails pass.
test(`the scenarios have at least ${STATES} states`, () => {
  assert.ok(states >= STATES, `only ${states} states were explored`);
});
