import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SlotTable } from "../../../src/core/table/slot_table.ts";
import { INT32_MAX, INT32_MIN } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { madeLengths } from "../made_objects.ts";

/** Few of them, so that they meet, and any. */
const brokers = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2 ** 24 }));
const ids = fc.oneof(
  fc.nat({ max: 20 }),
  fc.integer({ min: INT32_MIN, max: INT32_MAX }),
  fc.nat({ max: 20 }).map((n) => n * 2 ** 16),
);

test("S2 the table answers as a Map does, beyond what it has room for at first, and back", () => {
  check(fc.property(fc.array(fc.tuple(brokers, ids), { maxLength: 80, size: "max" }), (all) => {
    const [table, model] = [new SlotTable(), new Map<string, number>()];
    for (const [broker, id] of all) {
      const key = `${broker} ${id}`;
      assert.equal(table.find(broker, id), model.get(key));
      if (model.has(key)) continue;
      model.set(key, model.size);
      assert.equal(table.add(broker, id), model.get(key));
      assert.equal(table.size, model.size);
    }
    for (const [key, slot] of model) {
      const [broker, id] = key.split(" ").map(Number);
      assert.equal(table.find(broker, id), slot);
      assert.deepEqual([table.brokerAt(slot), table.queueIdAt(slot)], [broker, id]);
    }
  }));
});

test("S2 a key that was never added is not found, though the table has room for it", () => {
  const table = new SlotTable();
  assert.equal(table.find(0, 0), undefined);
  for (let id = 1; id <= 17; id++) table.add(0, id);
  for (const id of [0, 18, 32]) assert.equal(table.find(0, id), undefined);
  assert.equal(table.find(1, 1), undefined);
});

test("S2 −0 is 0", () => {
  const table = new SlotTable();
  assert.equal(table.add(0, -0), 0);
  assert.equal(table.find(0, 0), 0);
  assert.ok(Object.is(table.queueIdAt(0), 0));
});

test("S2 each of many queues with one hash can be freed, and the others are still found", () => {
  // Without a broker, and below 2^16, the last four bits of the id are the hash.
  const ids = Array.from({ length: 8 }, (_, n) => 16 * n);
  for (const gone of ids) {
    for (const next of ids) {
      const table = new SlotTable();
      const slots = new Map(ids.map((id) => [id, table.add(0, id)]));
      for (const id of new Set([gone, next])) {
        table.free(slots.get(id)!);
        slots.delete(id);
      }
      for (const id of ids) assert.equal(table.find(0, id), slots.get(id), `${gone}, ${next}`);
    }
  }
});

test("S2 room that is made at any time changes no answer, and loses no free slot", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("add" as const), broker: brokers, id: ids }),
    fc.record({ do: fc.constant("free" as const), at: fc.nat({ max: 40 }) }),
    fc.record({ do: fc.constant("reserve" as const), size: fc.nat({ max: 300 }) }),
  );
  check(fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
    const [table, model] = [new SlotTable(), new Map<string, number>()];
    let most = 0;
    for (const each of steps) {
      if (each.do === "reserve") table.reserve(each.size);
      if (each.do === "add") {
        const key = `${each.broker} ${each.id}`;
        if (!model.has(key)) model.set(key, table.add(each.broker, each.id));
        most = Math.max(most, model.size);
      }
      if (each.do === "free" && model.size > 0) {
        const [key, slot] = [...model][each.at % model.size];
        table.free(slot);
        model.delete(key);
      }
      // A slot is given again before a new one is.
      assert.equal(table.size, most);
      assert.equal(new Set(model.values()).size, model.size);
      for (const [key, slot] of model) {
        const [broker, id] = key.split(" ").map(Number);
        assert.equal(table.find(broker, id), slot);
      }
    }
  }));
});

test("S5 a table that has room for its queues makes no new arrays while they come", () => {
  const table = new SlotTable();
  const fill = (from: number, to: number) => {
    for (let id = from; id < to; id++) table.add(0, id);
  };
  assert.deepEqual(madeLengths(() => table.reserve(0)), []);
  assert.deepEqual(madeLengths(() => table.reserve(16)), [], "it has that room");
  assert.deepEqual(madeLengths(() => fill(0, 16)), []);
  assert.deepEqual(madeLengths(() => table.reserve(100)), [128], "the next power of two");
  assert.deepEqual(madeLengths(() => fill(16, 128)), []);
  assert.deepEqual(madeLengths(() => table.reserve(128)), []);
  assert.deepEqual(madeLengths(() => fill(128, 300)), [256, 512], "twice as much each time");
  assert.equal(table.find(0, 299), 299);
});
