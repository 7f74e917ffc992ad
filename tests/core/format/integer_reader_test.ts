import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IntegerReader } from "../../../src/core/format/integer_reader.ts";
import {
  EDGE_OFFSETS,
  INT32_MAX,
  INT32_MIN,
  INT64_MAX,
  INT64_MIN,
  offset,
  queueId,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

/** What a reader finds at the beginning of a text, and where that ends. */
function read(text: string, start = 0) {
  const reader = new IntegerReader(text);
  const int32 = reader.int32(start);
  const end = reader.end;
  const found = reader.int64(start);
  assert.equal(reader.end, end);
  // A number is exact, and -0 is 0.
  if (typeof found === "number") assert.ok(Number.isSafeInteger(found));
  const int64 = typeof found === "number" ? BigInt(found) : found;
  return { int32, int64, end };
}

const BEHIND = ["", ",", "}", " ", ".", "e1", "/", ":", "-1", "\u0660", "x"];

test("S5 every int64 is read exactly, whatever stands around it", () => {
  const behind = fc.constantFrom(...BEHIND);
  const before = fc.constantFrom("", "9", "-", "text");
  check(fc.property(before, offset, behind, (before, o, behind) => {
    const { int64, end } = read(`${before}${o}${behind}`, before.length);
    assert.equal(int64, o);
    assert.equal(end, before.length + `${o}`.length);
  }));
  for (const o of EDGE_OFFSETS) assert.deepEqual(read(`${o},`).int64, o);
});

test("S5 integers that a double holds and those that it does not are read the same way", () => {
  for (let bits = 0n; bits < 63n; bits++) {
    for (const near of [-2n, -1n, 0n, 1n, 2n]) {
      for (const o of [2n ** bits + near, -(2n ** bits) - near]) {
        assert.equal(read(`${o}`).int64, o);
      }
    }
  }
});

test("S5 an integer is read as a number exactly if it is a safe one", () => {
  check(fc.property(offset, (o) => {
    const isSafe = Number.isSafeInteger(Number(o));
    assert.equal(new IntegerReader(`${o}`).int64(0), isSafe ? Number(o) : o);
  }));
  assert.equal(new IntegerReader("9007199254740991").int64(0), 2 ** 53 - 1);
  assert.equal(new IntegerReader("9007199254740992").int64(0), 2n ** 53n);
});

test("S5 a number beyond int64 is none", () => {
  for (const k of [1n, 2n, 1000n, 2n ** 63n]) {
    assert.equal(read(`${INT64_MAX + k}`).int64, undefined);
    assert.equal(read(`${INT64_MIN - k}`).int64, undefined);
  }
});

test("S5 every int32 is read, and a number beyond it is none", () => {
  check(fc.property(queueId, fc.constantFrom(...BEHIND), (id, behind) => {
    assert.deepEqual(read(`${id}${behind}`), {
      int32: id,
      int64: BigInt(id),
      end: `${id}`.length,
    });
  }));
  for (const beyond of [INT32_MAX + 1, INT32_MIN - 1, 2 ** 32, 2 ** 53, 2 ** 64]) {
    assert.equal(read(`${beyond}`).int32, undefined);
  }
});

test("S5 -0 is 0, as for JSON", () => {
  assert.equal(read("-0").int32! + 0, 0);
  assert.equal(read("-0").int64, 0n);
});

test("S5 a number that JSON does not write as an integer is none", () => {
  const none = ["", "-", "+1", "--1", "- 1", " 1", "x", ".5", "00", "01", "-01", "09", "/", ":"];
  for (const text of none) {
    const { int32, int64 } = read(text);
    assert.deepEqual([text, int32, int64], [text, undefined, undefined]);
  }
});

test("S6 a number that is too long is read no further than that shows", () => {
  for (const sign of ["", "-"]) {
    for (const digits of [20, 21, 1000]) {
      assert.deepEqual(read(sign + "9".repeat(digits)), {
        int32: undefined,
        int64: undefined,
        end: sign.length + 20,
      });
    }
  }
});
