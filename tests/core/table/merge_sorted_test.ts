/** Sorting and merging in slices, against `Array.prototype.sort`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { atOnce, SLICE } from "../../../src/core/slices.ts";
import { mergeSorted, sortInSlices } from "../../../src/core/table/merge_sorted.ts";
import { check } from "../../support/check.ts";

/** Few keys, so that many are equal; the name tells equal items apart. */
const items = (name: string) =>
  fc.array(fc.nat(5), { maxLength: 12, size: "max" }).map((keys) =>
    keys.map((key, i) => ({ key, name: `${name}${i}` }))
  );

const byKey = (a: { key: number }, b: { key: number }) => a.key - b.key;

test("S2 two sorted arrays are merged as if sorted together: of equals, the first array's are first", () => {
  check(fc.property(items("a"), items("b"), (a, b) => {
    const [first, second] = [a.toSorted(byKey), b.toSorted(byKey)];
    const merged = atOnce(mergeSorted(first, second, byKey));
    assert.deepEqual(merged, [...first, ...second].sort(byKey));
  }));
});

test("S2 an array of any length is sorted into another one, and equals stay in their order", () => {
  for (const length of [0, 1, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE, 3 * SLICE + 7]) {
    const all = Array.from({ length }, (_, i) => ({ key: (i * 7919) % 101, i }));
    const before = [...all];
    assert.deepEqual(atOnce(sortInSlices(all, byKey)), all.toSorted(byKey));
    assert.deepEqual(all, before);
  }
});

const numbers = (length: number) => Array.from({ length }, (_, i) => i);
const compare = (a: number, b: number) => a - b;

test("P1 a merge has a turn after each slice of the merged items, and at no other time", () => {
  for (const length of [0, 1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE]) {
    for (const one of [0, length >> 1, length]) {
      const [a, b] = [numbers(one), numbers(length - one)];
      const turns = Math.floor(length / SLICE);
      assert.deepEqual([...mergeSorted(a, b, compare)], Array(turns).fill(SLICE));
    }
  }
});

test("P1 a sort has a turn after each part that is sorted, and in each merge of two parts", () => {
  const turns = (length: number) => [...sortInSlices(numbers(length), compare)];
  assert.deepEqual(turns(0), []);
  assert.deepEqual(turns(7), [7]);
  assert.deepEqual(turns(SLICE), [SLICE]);
  assert.deepEqual(turns(SLICE + 7), [SLICE, 7, SLICE]);
  assert.deepEqual(turns(2 * SLICE), [SLICE, SLICE, SLICE, SLICE]);
});
