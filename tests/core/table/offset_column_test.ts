import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { atOnce } from "../../../src/core/slices.ts";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import { NONE_HERE, OffsetColumn } from "../../../src/core/table/offset_column.ts";
import { EDGE_OFFSETS, offset } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { madeLengths } from "../made_objects.ts";

const slots = fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 5 }) }, fc.nat({ max: 300 }));
const step = fc.record({ kind: fc.constantFrom("set", "delete", "copy"), slot: slots, offset });

test("U5 a column answers as a Map does, and a copy of it is its own", () => {
  check(fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
    let [column, model] = [new OffsetColumn(), new Map<number, bigint>()];
    const copied: (readonly [OffsetColumn, Map<number, bigint>])[] = [];
    for (const { kind, slot, offset } of steps) {
      assert.equal(column.get(slot), model.get(slot));
      if (kind === "set") {
        column.set(slot, offset);
        model.set(slot, offset);
      } else if (kind === "delete") {
        column.delete(slot);
        model.delete(slot);
      } else {
        copied.push([column, model]);
        [column, model] = [atOnce(column.copyInSlices()), new Map(model)];
      }
      assert.equal(column.size, model.size);
    }
    for (const [made, expected] of [...copied, [column, model] as const]) {
      assert.equal(made.size, expected.size);
      for (let slot = 0; slot <= 300; slot++) assert.equal(made.get(slot), expected.get(slot));
    }
  }));
});

test("P6 a slot is compared with an array as two bigints are, and may have nothing", () => {
  const own = fc.option(offset, { nil: undefined });
  check(fc.property(own, offset, fc.nat(9), (own, other, slot) => {
    const column = new OffsetColumn();
    if (own !== undefined) column.set(slot, own);
    const array = new Int64Array(10);
    array.set(slot, other);
    const found = column.compare(slot, array);
    if (own === undefined) assert.equal(found, NONE_HERE);
    else assert.equal(found, other === own ? 0 : other < own ? -1 : 1);
    assert.equal(column.compare(99, new Int64Array(100)), NONE_HERE);
    const all = Array.from({ length: 10 }, (_, slot) => column.compare(slot, array));
    assert.deepEqual([...column.compareAll(10, array)], all);
    // As a number, if it is one.
    if (!Number.isSafeInteger(Number(other))) return;
    column.setNumber(slot, Number(other));
    assert.equal(column.get(slot), other);
    assert.equal(column.size, 1);
  }));
  // The lower half of 2^31 has its highest bit set, and that of 1 has not.
  for (const [less, more] of [[1n, 2n ** 31n], [-(2n ** 31n), -1n], [2n ** 31n, 2n ** 32n]]) {
    const column = new OffsetColumn();
    column.set(0, less);
    assert.equal(column.compare(0, Int64Array.of(more)), 1);
    column.set(0, more);
    assert.equal(column.compare(0, Int64Array.of(less)), -1);
  }
});

test("P6 only the slots that are asked for are compared", () => {
  const column = new OffsetColumn();
  for (let slot = 0; slot < 9; slot++) column.set(slot, 7n);
  for (let length = 0; length < 9; length++) {
    const read = new Set<unknown>();
    const halves = new Proxy(new Int32Array(18), {
      get: (target, at) => read.add(at) && Reflect.get(target, at),
    });
    assert.equal(column.compareAll(length, { halves } as Int64Array).length, length);
    assert.equal(read.size, 2 * length);
  }
});

test("S5 a column that has room for its slots makes no new arrays while they are set", () => {
  const column = new OffsetColumn();
  assert.deepEqual(madeLengths(() => column.reserve(100)), [2 * 150], "half as much more");
  const fill = () => {
    for (let slot = 0; slot < 150; slot++) column.set(slot, 7n);
  };
  assert.deepEqual(madeLengths(fill), []);
  assert.deepEqual(madeLengths(() => column.reserve(150)), []);
  assert.deepEqual(madeLengths(() => column.set(150, 7n)), [2 * 226]);
});

test("S5 a number is held as the bigint of the same value", () => {
  for (const value of [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1]) {
    for (const each of [value, -value]) {
      const column = new OffsetColumn();
      column.setNumber(3, each);
      assert.equal(column.get(3), BigInt(each));
      column.setNumber(3, 7);
      assert.equal(column.get(3), 7n);
      assert.equal(column.size, 1);
    }
  }
});

const some = fc.uniqueArray(fc.record({ slot: slots, offset }), {
  selector: ({ slot }) => slot,
  maxLength: 10,
});

/** Slots as a list, and their offsets in the order of that list. */
const listed = (all: readonly { slot: number; offset: bigint }[]) =>
  [
    Uint32Array.from(all, ({ slot }) => slot),
    Int64Array.of(...all.map(({ offset }) => offset)),
  ] as const;

test("U5 offsets that are set at once are as if set one by one", () => {
  check(fc.property(some, some, some, (first, then, deleted) => {
    const [column, model] = [new OffsetColumn(), new Map<number, bigint>()];
    for (const all of [first, then]) {
      column.setAll(...listed(all));
      for (const { slot, offset } of all) model.set(slot, offset);
      assert.equal(column.size, model.size);
      for (let slot = 0; slot <= 300; slot++) assert.equal(column.get(slot), model.get(slot));
      for (const { slot } of deleted) {
        column.delete(slot);
        model.delete(slot);
      }
    }
  }));
});

/** The selection from the first `count` slots of a list, as pairs. */
function picked(
  column: OffsetColumn,
  slots: readonly number[],
  count: number,
  offsets: Int64Array,
) {
  const into = { slots: new Uint32Array(count), offsets: new Int64Array(count) };
  const size = column.pickDifferent(Uint32Array.from(slots), count, offsets, into);
  return Array.from({ length: size }, (_, i) => [into.slots[i], into.offsets.get(i)]);
}

test("U5 the picked slots are those whose offset differs or is missing", () => {
  const list = fc.array(slots, { maxLength: 10 });
  // Now and then the offset that it has is the one that it is to have.
  const few = fc.array(fc.constantFrom(0n, 1n, -1n, 2n ** 32n), { minLength: 6, maxLength: 6 });
  check(fc.property(some, few, few, list, fc.nat(), (held, mine, theirs, asked, upTo) => {
    const [column, offsets] = [new OffsetColumn(), new Int64Array(301)];
    for (const { slot, offset } of held) column.set(slot, offset);
    for (const [slot, offset] of mine.entries()) column.set(slot, offset);
    for (const { slot, offset } of held.slice(1)) offsets.set(slot, offset);
    for (const [slot, offset] of theirs.entries()) offsets.set(slot, offset);
    const count = upTo % (asked.length + 1);
    const expected = asked.slice(0, count).map((slot) => [slot, offsets.get(slot)] as const)
      .filter(([slot, offset]) => column.get(slot) !== offset);
    assert.deepEqual(picked(column, asked, count, offsets), expected);
  }));
});

test("U6 offsets that differ in one half are different, and a slot without one from all", () => {
  const column = new OffsetColumn();
  const [all, low, high] = [7n << 32n | 9n, 7n << 32n | 8n, 6n << 32n | 9n];
  for (const slot of [0, 1, 2]) column.set(slot, all);
  column.set(3, 0n);
  column.set(4, 0n);
  column.delete(4);
  const others = Int64Array.of(all, low, high, 0n, 0n, 0n);
  assert.deepEqual(picked(column, [0, 1, 2, 3, 4, 5], 6, others), [
    [1, low],
    [2, high],
    [4, 0n],
    [5, 0n],
  ]);
});

test("U6 a column holds every int64 exactly, 0 and -1 too", () => {
  const column = new OffsetColumn();
  EDGE_OFFSETS.forEach((each, slot) => column.set(slot, each));
  assert.deepEqual(EDGE_OFFSETS.map((_, slot) => column.get(slot)), EDGE_OFFSETS);
});

test("U1 where nothing was set there is nothing, in the array or beyond its end", () => {
  const column = new OffsetColumn();
  for (const slot of [0, 1, undefined]) assert.equal(column.get(slot), undefined);
  column.delete(0);
  column.delete(7);
  assert.equal(column.size, 0);
  column.set(2, 0n);
  assert.deepEqual([0, 1, 2, 3, 100].map((slot) => column.get(slot)), [
    undefined,
    undefined,
    0n,
    undefined,
    undefined,
  ]);
  column.delete(1);
  column.delete(100);
  assert.equal(column.size, 1);
  column.delete(2);
  column.delete(2);
  assert.equal(column.size, 0);
});
