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

test("U6 the longer a name, the more slips it may have: a third of its length, at least two", () => {
  assert.equal(nearestName("unCunflikt", KNOWN), "onConflict", "3 of 10");
  assert.equal(nearestName("unCunfliktz", KNOWN), "onConflict", "4 of 11");
  assert.equal(nearestName("unKunfliktz", KNOWN), undefined, "5 of 11");
  assert.equal(nearestName("rt", KNOWN), "root", "2 of 2");
  assert.equal(nearestName("xt", KNOWN), undefined, "3 of 2");
});

test("U6 among names that are equally near, the first one is meant", () => {
  assert.equal(nearestName("roo", ["root", "room"]), "root");
  assert.equal(nearestName("rook", ["root", "room"]), "root");
});

test("U6 an empty name begins no other one", () => {
  assert.equal(nearestName("", ["root"]), undefined);
  assert.equal(nearestName("", ["root", "it"]), "it");
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
