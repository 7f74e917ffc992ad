import assert from "node:assert/strict";
import { test } from "node:test";
import { SEED } from "../support/check.ts";
import { byLength } from "../support/length.ts";
import { CALLS, CODES } from "../../scripts/verify/faults/failing_calls.ts";
import {
  callsOf,
  countCases,
  faultOf,
  runCases,
} from "../../scripts/verify/faults/failing_calls_matrix.ts";
import { OPERATIONS } from "../../scripts/verify/faults/failing_calls_operations.ts";

/**
 * The seed picks one case out of so many, and of the costly ones; at least so many are run.
 * `deno task faults` runs every one. The numbers have no factor in common with the number of faults,
 * so that each has its turn.
 */
const [ONE_OUT_OF, ONE_OUT_OF_COSTLY, LEAST] = byLength({
  tiny: [1009, 8009, 10],
  short: [263, 2003, 40],
  long: [61, 421, 250],
});

/** So that the matrix cannot shrink unnoticed. */
const CASES = 17_000;

let cases = 0;
let states = 0;

for (const operation of OPERATIONS) {
  test(`P4 L5 any call that fails: ${operation.name}`, { timeout: 600_000 }, async () => {
    const oneOutOf = operation.isCostly ? ONE_OUT_OF_COSTLY : ONE_OUT_OF;
    const picks = (index: number) => (index + SEED) % oneOutOf === 0;
    for await (const result of runCases(operation, picks)) {
      cases++;
      states += result.states;
      assert.equal(faultOf(result), undefined, result.name);
    }
  });
}

test("the matrix of failing calls is whole", async () => {
  assert.ok(CODES.length >= 13);
  const all = await countCases();
  assert.ok(all >= CASES, `the matrix has only ${all} cases`);
});

test("every call of the interface is in the matrix of failing calls", async () => {
  const met = new Set<string>();
  for (const operation of OPERATIONS) for (const kind of await callsOf(operation)) met.add(kind);
  assert.deepEqual([...met].sort(), CALLS.toSorted());
});

// The last test, not a hook: Deno lets a hook that fails pass.
test("enough cases of the matrix were run", () => {
  console.log(`${cases} cases of failing calls, ${states} distinct crashes after them`);
  assert.ok(cases >= LEAST, `only ${cases} cases were run`);
});
