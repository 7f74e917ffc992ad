import assert from "node:assert/strict";
import { after, test } from "node:test";
import { explore } from "./explore.ts";
import { scenarios } from "./scenarios.ts";

/** Crashes during the recovery from a crash; `deno task crash` goes one deeper. */
const DEPTH = 2;

let states = 0;

for (const scenario of scenarios(DEPTH)) {
  test(`P2 P3 L2 L6 J5 every crash of ${scenario.name}`, async () => {
    const { first, violations, ...explored } = await explore(scenario);
    assert.equal(violations, 0, `${first?.what}\n${first?.story.join("\n")}`);
    states += explored.states;
  });
}

// So that the slice cannot shrink unnoticed.
after(() => assert.ok(states >= 25_000, `only ${states} states were explored`));
