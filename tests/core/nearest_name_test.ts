/** The nearest known name of a mistyped one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nearestName } from "../../src/core/nearest_name.ts";
import { check } from "../support/check.ts";

const KNOWN = ["onConflict", "onCorrupt", "persistEveryMs", "root"];

test("U6 the nearest name: worked examples", () => {
  assert.equal(nearestName("onConflit", KNOWN), "onConflict");
  assert.equal(nearestName("oncorrupt", KNOWN), "onCorrupt");
  assert.equal(nearestName("persist", KNOWN), "persistEveryMs");
  assert.equal(nearestName("roots", KNOWN), "root");
  assert.equal(nearestName("timeout", KNOWN), undefined);
  assert.equal(nearestName("", []), undefined);
});

test("U6 a name with one slip is taken for the name itself", () => {
  const slip = fc.tuple(fc.constantFrom(...KNOWN), fc.nat(), fc.constantFrom("", "x", "xy"))
    .map(([name, at, put]) => {
      const i = at % name.length;
      return { name, slipped: name.slice(0, i) + put + name.slice(i + 1) };
    });
  check(fc.property(slip, ({ name, slipped }) => {
    assert.equal(nearestName(slipped, KNOWN), name);
  }));
});
