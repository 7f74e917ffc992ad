/** O5: a store works on a file system that lacks a call which it can do without. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, isDispensable } from "../../scripts/verify/faults/failing_calls.ts";
import { faultOf, runCases } from "../../scripts/verify/faults/failing_calls_matrix.ts";
import { OPERATIONS } from "../../scripts/verify/faults/failing_calls_operations.ts";
import { SEED } from "../support/check.ts";
import { byLength } from "../support/length.ts";

/** One case out of so many is run, and at least so many of each call. */
const [ONE_OUT_OF, LEAST] = byLength({ tiny: [23, 1], short: [11, 1], long: [5, 1] });

const CALLS = ["syncDirectory", "link", "backdate", "chown", "chmod", "chownDirectory", "reserve"];

const met = new Map(CALLS.map((call) => [call, 0]));

test("O5 no operation fails on a file system without a call that a store can do without", {
  timeout: 600_000,
}, async () => {
  let number = 0;
  for (const operation of OPERATIONS) {
    if (operation.isCostly || operation.act === "open") continue;
    const picks = (_: number, call: string, fault: Fault) =>
      fault.lasts === "for ever" && isDispensable(call, fault) &&
      (number++ + SEED) % ONE_OUT_OF === 0;
    for await (const result of runCases(operation, picks)) {
      assert.equal(faultOf(result), undefined, result.name);
      const call = CALLS.find((each) => result.name.includes(`: ${each} (`));
      assert.ok(call, result.name);
      met.set(call, met.get(call)! + 1);
    }
  }
});

test("O5 each call that a store can do without was missing", () => {
  console.log([...met].map(([call, count]) => `${call} ${count}`).join(", "));
  for (const [call, count] of met) assert.ok(count >= LEAST, `${call}: ${count}`);
});

test("O5 a missing call is distinguished from a failing one", () => {
  const fault = (code: "EINVAL" | "ENOSYS" | "ENOTSUP" | "EIO" | "ENOSPC"): Fault => ({
    at: 0,
    code,
    when: "before",
    lasts: "for ever",
  });
  for (const code of ["EINVAL", "ENOSYS", "ENOTSUP"] as const) {
    assert.ok(isDispensable("syncDirectory", fault(code)));
    assert.ok(!isDispensable("sync", fault(code)), "no store can do without the sync of its file");
  }
  for (const code of ["EIO", "ENOSPC"] as const) {
    for (const call of ["syncDirectory", "link", "backdate"]) {
      assert.ok(!isDispensable(call, fault(code)));
    }
  }
});
