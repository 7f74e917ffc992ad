import assert from "node:assert/strict";
import process from "node:process";
import { after, test } from "node:test";
import { SEED } from "../support/check.ts";
import { CODES } from "./failing_calls.ts";
import { type CaseResult, countCases, runCases } from "./failing_calls_matrix.ts";
import { OPERATIONS } from "./failing_calls_operations.ts";

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
      assert.equal(result.violation, undefined, `${result.name}\n${result.violation}`);
      assert.ok(result.misled === undefined || isExcused(result), `misled: ${result.name}`);
    }
  });
}

/**
 * Two errors make a load go on with less than the last acknowledged, and say so in its outcome:
 *
 * - ENOENT. Who is told that a file is not there has no way to find out that it is. The store does
 *   not act on it, though: when the file turns up, it is a conflict.
 * - EIO. The device says that the content is lost; the backup is what clause L2 asks for. The file
 *   is kept aside, not overwritten.
 *
 * Every other error, of permission and of resources above all, says nothing about the file.
 */
function isExcused({ name, misled }: CaseResult): boolean {
  return misled === "warned" &&
    /^(load|onCorrupt|read).*: (readFile|readLink|readDirectory|stat) .* (ENOENT|EIO) /.test(name);
}

test("the matrix of failing calls is whole", async () => {
  assert.ok(CODES.length >= 13);
  const all = await countCases();
  assert.ok(all >= CASES, `the matrix has only ${all} cases`);
});

after(() => {
  console.log(`${cases} cases of failing calls, ${states} distinct crashes after them`);
  assert.ok(cases >= ({ 1: CASES, 13: 1200 }[ONE_OUT_OF] ?? 40), `only ${cases} cases were run`);
});
