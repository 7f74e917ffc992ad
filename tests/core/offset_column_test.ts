import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable, serialize } from "../../src/core/mod.ts";
import { Int64Array } from "../../src/core/int64_array.ts";
import { OffsetColumn } from "../../src/core/offset_column.ts";
import { tableOf } from "../../src/core/offset_table.ts";
import { QueueIndex } from "../../src/core/queue_index.ts";
import { anyQueue, EDGE_OFFSETS, entries, offset } from "../support/arbitraries.ts";
import { check } from "../support/check.ts";

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
        [column, model] = [column.copy(), new Map(model)];
      }
      assert.equal(column.size, model.size);
    }
    for (const [made, expected] of [...copied, [column, model] as const]) {
      assert.equal(made.size, expected.size);
      for (let slot = 0; slot <= 300; slot++) assert.equal(made.get(slot), expected.get(slot));
    }
  }));
});

const some = fc.uniqueArray(fc.record({ slot: slots, offset }), {
  selector: ({ slot }) => slot,
  maxLength: 10,
});

test("U5 what is set and compared in halves is as if it were one by one", () => {
  check(fc.property(some, some, (first, then) => {
    const [column, model] = [new OffsetColumn(), new Map<number, bigint>()];
    for (const all of [first, then]) {
      const offsets = Int64Array.of(...all.map(({ offset }) => offset));
      for (const [i, { slot, offset }] of all.entries()) {
        assert.equal(column.isSame(slot, offsets, i), model.get(slot) === offset);
        column.copyFrom(slot, offsets, i);
        assert.equal(column.isSame(slot, offsets, i), true);
        model.set(slot, offset);
        assert.equal(column.size, model.size);
      }
      for (let slot = 0; slot <= 300; slot++) assert.equal(column.get(slot), model.get(slot));
    }
  }));
});

test("U6 offsets that differ in one half are different, and a slot without one from all", () => {
  const column = new OffsetColumn();
  const [all, low, high] = [7n << 32n | 9n, 7n << 32n | 8n, 6n << 32n | 9n];
  column.set(7, all);
  column.set(8, 0n);
  const others = Int64Array.of(all, low, high, 0n);
  assert.deepEqual([0, 1, 2, 3].map((i) => column.isSame(7, others, i)), [
    true,
    false,
    false,
    false,
  ]);
  assert.equal(column.isSame(8, others, 3), true);
  column.delete(8);
  assert.deepEqual([6, 8, 9, 100].map((slot) => column.isSame(slot, others, 3)), [
    false,
    false,
    false,
    false,
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

test("S2 a table whose index knows more queues is as one whose index does not", () => {
  check(fc.property(entries, fc.array(anyQueue), (all, others) => {
    const index = new QueueIndex();
    for (const mq of others) index.add(mq);
    const offsets = new OffsetColumn();
    for (const [mq, each] of all) offsets.set(index.add(mq), each);
    const [shared, own] = [tableOf({ index, offsets }), OffsetTable.from(all)];
    assert.deepEqual([...shared], [...own]);
    assert.ok(shared.equals(own) && own.equals(shared));
    for (const mq of others) {
      assert.equal(shared.get(mq), own.get(mq));
      assert.equal(shared.has(mq), own.has(mq));
      assert.deepEqual([...shared.forTopic(mq.topic)], [...own.forTopic(mq.topic)]);
    }
    for (const format of ["go", "java"] as const) {
      assert.equal(serialize(shared, { format }), serialize(own, { format }));
    }
  }));
});
