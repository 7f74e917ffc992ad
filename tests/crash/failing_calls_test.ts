import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { SEED } from "../support/check.ts";
import { CALLS, CODES } from "../../scripts/verify/faults/failing_calls.ts";
import {
  callsOf,
  countCases,
  faultOf,
  runCases,
} from "../../scripts/verify/faults/failing_calls_matrix.ts";
import { OPERATIONS } from "../../scripts/verify/faults/failing_calls_operations.ts";

/**
 * `FAULTS=all` runs every case, which takes minutes, `FAULTS=few` one out of very many, for who runs
 * this thousands of times; otherwise the seed picks one out of so many, and of the costly ones.
 * The numbers have no factor in common with the number of faults, so that each has its turn.
 */
const [ONE_OUT_OF, ONE_OUT_OF_COSTLY] = { all: [1, 1], few: [263, 2003] }[process.env.FAULTS!] ??
  [13, 53];

/** So that neither the matrix nor the slice can shrink unnoticed. */
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
  assert.ok(cases >= ({ 1: CASES, 13: 1200 }[ONE_OUT_OF] ?? 40), `only ${cases} cases were run`);
});
