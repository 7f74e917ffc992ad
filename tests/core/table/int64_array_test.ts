/** An array of int64s, against an array of bigints. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import { EDGE_OFFSETS, offset } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { madeLengths } from "../made_objects.ts";

const valuesOf = (array: Int64Array, length: number) =>
  Array.from({ length }, (_, at) => array.get(at));

test("U6 an array holds every int64 exactly, one by one and in halves", () => {
  const from = Int64Array.of(...EDGE_OFFSETS);
  const [set, copied] = [new Int64Array(EDGE_OFFSETS.length), new Int64Array(EDGE_OFFSETS.length)];
  EDGE_OFFSETS.forEach((each, at) => set.set(at, each));
  from.halves.forEach((half, at) => copied.halves[at] = half);
  for (const array of [from, set, copied]) {
    assert.deepEqual(valuesOf(array, EDGE_OFFSETS.length), EDGE_OFFSETS);
  }
  const pairs = EDGE_OFFSETS.map((_, at) => set.halves.slice(2 * at, 2 * at + 2).join());
  assert.equal(new Set(pairs).size, EDGE_OFFSETS.length, "no two have the same halves");
});

test("U2 U3 an element is raised to a greater value, and to no other", () => {
  check(fc.property(offset, offset, (before, value) => {
    const array = Int64Array.of(5n, before, 5n);
    assert.equal(array.raise(1, value), value > before);
    assert.deepEqual(valuesOf(array, 3), [5n, value > before ? value : before, 5n]);
  }));
  // Both in one half, in both, and in neither of what a number holds.
  const near = EDGE_OFFSETS.flatMap((value) => [value - 1n, value, value + 1n])
    .concat([2n ** 31n, 2n ** 32n, -(2n ** 31n), -(2n ** 32n)])
    .filter((value) => BigInt.asIntN(64, value) === value);
  for (const before of near) {
    for (const value of near) {
      const array = Int64Array.of(before);
      assert.equal(array.raise(0, value), value > before, `${before} to ${value}`);
      assert.equal(array.get(0), value > before ? value : before);
    }
  }
});

test("U2 a value that a number holds exactly is converted once, and raised in halves", () => {
  for (const [value, conversions] of [[2n ** 53n - 1n, 1], [2n ** 53n, 3]] as const) {
    let converted = 0;
    const counting = { valueOf: () => (converted++, value) } as unknown as bigint;
    const array = Int64Array.of(7n);
    assert.equal(array.raise(0, counting), true);
    assert.equal(array.get(0), value);
    assert.equal(converted, conversions, `${value}`);
  }
});

test("U6 after any calls, an array holds what a list of bigints holds", () => {
  const at = fc.nat({ max: 7 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("set"), at, offset }),
    fc.record({ kind: fc.constant("copy"), at, from: at }),
    fc.record({ kind: fc.constant("room"), length: fc.nat({ max: 40 }) }),
    fc.record({ kind: fc.constant("copyFrom"), start: fc.nat(8), count: fc.nat(8) }),
  );
  check(fc.property(fc.array(step, { maxLength: 20, size: "max" }), (steps) => {
    let [array, model] = [new Int64Array(8), new Array<bigint>(8).fill(0n)];
    const left: (readonly [Int64Array, bigint[]])[] = [];
    for (const step of steps) {
      if ("offset" in step) {
        array.set(step.at, step.offset);
        model[step.at] = step.offset;
      } else if ("from" in step) {
        array.halves.copyWithin(2 * step.at, 2 * step.from, 2 * step.from + 2);
        model[step.at] = model[step.from];
      } else if ("length" in step) {
        array.makeRoom(step.length);
        while (model.length < step.length) model.push(0n);
      } else {
        left.push([array, model]);
        const end = Math.min(step.start + step.count, model.length);
        const copy = new Int64Array(model.length);
        copy.copyFrom(array, step.start, end);
        const isCopied = (at: number) => at >= step.start && at < end;
        [array, model] = [copy, model.map((value, at) => isCopied(at) ? value : 0n)];
      }
    }
    for (const [made, expected] of [...left, [array, model] as const]) {
      assert.deepEqual(valuesOf(made, expected.length), expected);
    }
  }));
});

test("U6 an array that has room for one has a place for it, and no new one for less", () => {
  const array = Int64Array.of(7n);
  array.makeRoom(3);
  array.set(2, -1n);
  for (const length of [0, 2, 3]) assert.deepEqual(madeLengths(() => array.makeRoom(length)), []);
  assert.deepEqual(valuesOf(array, 3), [7n, 0n, -1n]);
  assert.equal(new Int64Array().get(0), undefined);
});
