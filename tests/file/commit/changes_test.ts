/** How much a commit changes, and what that makes of a column. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import { OffsetColumn } from "../../../src/core/table/offset_column.ts";
import { applyChanges, sizeOf } from "../../../src/file/commit/changes.ts";
import { offset } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const changesOf = (
  count: number,
  deleted: number[] = [],
  memory: "touched" | "untouched" = "touched",
) => ({ slots: new Uint32Array(count), offsets: new Int64Array(count), deleted, memory });

test("J1 8192 queues make a record, and one more a snapshot", () => {
  assert.equal(sizeOf(changesOf(0)), "none");
  assert.equal(sizeOf(changesOf(0, [], "untouched")), "untouched");
  assert.equal(sizeOf(changesOf(1)), "few");
  assert.equal(sizeOf(changesOf(8192)), "few");
  assert.equal(sizeOf(changesOf(8193)), "many");
});

test("J1 D2 a deletion is one, whatever else changes", () => {
  for (const count of [0, 1, 10_000]) assert.equal(sizeOf(changesOf(count, [3])), "deletions");
});

test("P1 a column after changes has them, and nothing else is different", () => {
  const slot = fc.nat(20);
  const set = fc.uniqueArray(fc.tuple(slot, offset), { selector: ([slot]) => slot });
  check(fc.property(set, set, fc.uniqueArray(slot), (before, changed, deleted) => {
    const column = new OffsetColumn();
    for (const [slot, offset] of before) column.set(slot, offset);
    const expected = new Map([...before, ...changed]);
    for (const slot of deleted) expected.delete(slot);
    applyChanges(column, {
      slots: Uint32Array.from(changed, ([slot]) => slot),
      // There may be room for more.
      offsets: Int64Array.of(...changed.map(([, offset]) => offset), 77n),
      deleted,
    });
    assert.equal(column.size, expected.size);
    for (let slot = 0; slot <= 21; slot++) assert.equal(column.get(slot), expected.get(slot));
  }));
});
