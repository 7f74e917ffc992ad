/** The copies of a column, whole and in part. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { atOnce, SLICE } from "../../../src/core/slices.ts";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import { OffsetColumn } from "../../../src/core/table/offset_column.ts";
import { offset } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { madeLengths } from "../made_objects.ts";

test("U5 a long column is copied in slices, and whole", () => {
  const column = new OffsetColumn();
  const slots = [0, 16_383, 16_384, 32_767, 32_768, 50_000];
  for (const slot of slots) column.set(slot, BigInt(slot) - 2n ** 40n);
  const copying = column.copyInSlices();
  let slices = 0;
  let step = copying.next();
  for (; step.done !== true; step = copying.next()) slices++;
  assert.ok(slices >= 4, `${slices}`);
  assert.equal(step.value.size, slots.length);
  for (let slot = 0; slot <= 50_001; slot++) {
    assert.equal(step.value.get(slot), column.get(slot));
  }
});

test("P1 others have a turn after each slice of a copy, and at no other time", () => {
  const slice = 64 * SLICE;
  for (const length of [1, slice, slice + 1, 3 * slice]) {
    const column = new OffsetColumn(new Int64Array(length), new Uint8Array(length));
    const turns = Math.ceil(length / slice);
    assert.deepEqual([...column.copyInSlices()], Array(turns).fill(SLICE), `${length} slots`);
  }
  assert.deepEqual([...new OffsetColumn().copyInSlices()], []);
});

test("P1 a slice of a copy copies its own slots alone", () => {
  const slice = 64 * SLICE;
  const [column, spare] = [1n, 2n].map((offset) => {
    const column = new OffsetColumn(new Int64Array(2 * slice), new Uint8Array(2 * slice));
    for (const slot of [slice - 1, slice]) column.set(slot, offset);
    return column;
  });
  const copying = column.copyInSlices(spare);
  copying.next();
  assert.deepEqual([slice - 1, slice].map((slot) => spare.get(slot)), [1n, 2n]);
  copying.next();
  assert.equal(spare.get(slice), 1n);
});

test("U5 the offset of one slot is copied to the same place in an array, and no other", () => {
  check(fc.property(fc.array(offset, { minLength: 9, maxLength: 9 }), fc.nat(8), (all, slot) => {
    const column = new OffsetColumn(Int64Array.of(...all), new Uint8Array(9).fill(1), 9);
    const into = new Int64Array(9);
    column.copyOffset(slot, into);
    for (let at = 0; at < 9; at++) assert.equal(into.get(at), at === slot ? all[slot] : 0n);
  }));
});

test("U5 the first slots are copied, each with its offset and whether it has one", () => {
  const held = fc.array(fc.option(offset, { nil: undefined }), { maxLength: 9 });
  check(fc.property(held, fc.nat(12), (all, length) => {
    const column = new OffsetColumn();
    for (const [slot, each] of all.entries()) if (each !== undefined) column.set(slot, each);
    const [offsets, flags] = [new Int64Array(length), new Uint8Array(length)];
    column.copyTo(length, offsets, flags);
    for (let slot = 0; slot < length; slot++) {
      assert.equal(flags[slot], column.get(slot) === undefined ? 0 : 1);
      assert.equal(offsets.get(slot), column.get(slot) ?? 0n);
    }
  }));
});

test("U5 an array is left as it is beyond the slots that are copied to it", () => {
  const column = new OffsetColumn();
  for (let slot = 0; slot < 5; slot++) column.set(slot, 7n);
  for (const length of [0, 2, 5]) {
    const [offsets, flags] = [new Int64Array(5), new Uint8Array(5)];
    column.copyTo(length, offsets, flags);
    assert.deepEqual([...flags], [0, 1, 2, 3, 4].map((slot) => slot < length ? 1 : 0));
    for (let slot = 0; slot < 5; slot++) assert.equal(offsets.get(slot), slot < length ? 7n : 0n);
  }
});

test("P1 a spare column gives its arrays to a copy if they are as long, and no others", () => {
  const own = fc.option(offset, { nil: undefined });
  const column = fc.array(own, { maxLength: 4 }).map((all) => {
    const column = new OffsetColumn(new Int64Array(all.length), new Uint8Array(all.length));
    for (const [slot, each] of all.entries()) if (each !== undefined) column.set(slot, each);
    return { column, all };
  });
  check(fc.property(column, column, ({ column, all }, spare) => {
    const made = madeLengths(() => {
      const copy = atOnce(column.copyInSlices(spare.column));
      assert.equal(copy.size, column.size);
      for (let slot = 0; slot < 5; slot++) assert.equal(copy.get(slot), all[slot]);
    });
    assert.deepEqual(made, spare.all.length === all.length ? [] : [2 * all.length]);
  }));
});
