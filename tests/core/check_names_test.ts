/** Options of an unknown name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkNames } from "../../src/core/check_names.ts";
import { check } from "../support/check.ts";

const KNOWN = ["root", "journal"];

const refusal = (message: string) => ({ name: "TypeError", message });

test("U6 an object whose names are all known is accepted, also without any", () => {
  check(fc.property(fc.subarray(KNOWN), fc.anything(), (names, value) => {
    checkNames("option", Object.fromEntries(names.map((name) => [name, value])), KNOWN);
  }));
});

test("U6 an unknown name is refused with the known one that is near", () => {
  assert.throws(
    () => checkNames("option", { root: "/", jurnal: true }, KNOWN),
    refusal('Cannot use option "jurnal": there is none of this name; use "journal"'),
  );
});

test("U6 an unknown name that is near to none is refused with all known ones", () => {
  assert.throws(
    () => checkNames("member of journal", { durability: "full" }, KNOWN),
    refusal(
      'Cannot use member of journal "durability": there is none of this name; ' +
        "the names are root, journal",
    ),
  );
});

test("U6 one unknown name among known ones is always refused, wherever it stands", () => {
  const stray = fc.string().filter((name) => !KNOWN.includes(name) && name !== "__proto__");
  check(fc.property(fc.subarray(KNOWN), stray, fc.nat(2), (names, stray, at) => {
    const object = Object.fromEntries(names.toSpliced(at, 0, stray).map((name) => [name, 1]));
    assert.throws(() => checkNames("option", object, KNOWN), (error: Error) => {
      assert.ok(error.message.startsWith(`Cannot use option ${JSON.stringify(stray)}: `));
      return true;
    });
  }));
});
