import assert from "node:assert/strict";
import { test } from "node:test";
import { explore } from "../../scripts/verify/crash/explore.ts";
import { scenarios } from "../../scripts/verify/crash/scenarios.ts";
import { byLength } from "../support/length.ts";

/**
 * How many crashes follow one another, how many states of each scenario are explored, those with the
 * fewest crashes first, and at least how many there are in all, so that the slice cannot shrink
 * unnoticed. `deno task crash` goes deeper.
 */
const [DEPTH, MAX_STATES, STATES] = byLength({
  tiny: [1, 1500, 3_000],
  short: [2, 250, 7_000],
  long: [2, 1500, 25_000],
});

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
