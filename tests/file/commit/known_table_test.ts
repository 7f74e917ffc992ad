/** What a store knows of the table in its files, against a model of maps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Offset, OffsetTable } from "../../../src/core/mod.ts";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import type { ColumnChanges } from "../../../src/file/commit/changes.ts";
import { KnownTable } from "../../../src/file/commit/known_table.ts";
import { offset, POOL, poolTable } from "../../../scripts/lib/arbitraries.ts";
import { atOnce } from "../../../src/core/slices.ts";
import { check } from "../../support/check.ts";

type Entries = readonly (readonly [slot: number, offset: Offset])[];

const slot = fc.nat({ max: POOL.length - 1 });
const change = fc.record({
  set: fc.uniqueArray(fc.tuple(slot, offset), { selector: ([slot]) => slot, maxLength: 3 }),
  deleted: fc.uniqueArray(slot, { maxLength: 2 }),
});

/** What a commit tells of its end. */
const step = fc.oneof(
  fc.record({ is: fc.constant("snapshot"), change }),
  fc.record({ is: fc.constant("record"), change }),
  { weight: 3, arbitrary: fc.record({ is: fc.constant("doubt"), change }) },
  fc.record({ is: fc.constant("adopt"), table: poolTable }),
  fc.record({ is: fc.constant("known") }),
);

function changesOf(known: KnownTable, set: Entries, deleted: readonly number[]): ColumnChanges {
  const slotOf = (number: number) => known.index.add(POOL[number]);
  return {
    slots: Uint32Array.from(set, ([number]) => slotOf(number)),
    offsets: Int64Array.of(...set.map(([, offset]) => offset)),
    deleted: deleted.map(slotOf),
  };
}

/** A table after a change. */
function changed(table: OffsetTable, set: Entries, deleted: readonly number[]): OffsetTable {
  const gone = new Set(deleted.map((number) => JSON.stringify(POOL[number])));
  const all = [...table, ...set.map(([number, offset]) => [POOL[number], offset] as const)];
  return OffsetTable.from(all.filter(([mq]) => !gone.has(JSON.stringify(mq))));
}

test("P4 P9 the files may hold the last sure table, and the last four in doubt", () => {
  let mostInDoubt = 0;
  const steps = fc.array(step, { maxLength: 15, size: "max" });
  check(fc.property(poolTable, steps, (first, steps) => {
    const known = new KnownTable(first);
    let model = OffsetTable.from([...first]);
    let doubts: OffsetTable[] = [];
    for (const each of steps) {
      if (each.is === "known") {
        known.adopt(known.durable);
        doubts = [];
      } else if ("table" in each) {
        const adopted = atOnce(known.columnOf(each.table));
        known.adopt(adopted);
        assert.equal(adopted, known.durable);
        [model, doubts] = [each.table, []];
      } else {
        const { set, deleted } = each.change;
        const changes = changesOf(known, set, each.is === "record" ? [] : deleted);
        const table = changed(model, set, each.is === "record" ? [] : deleted);
        const before = known.table;
        const offsets = atOnce(known.with(changes));
        assert.ok(known.table.equals(before), "a change that is being written changes nothing yet");
        if (each.is === "doubt") {
          known.doubt(offsets);
          doubts = [...doubts, table].slice(-4);
          mostInDoubt = Math.max(mostInDoubt, doubts.length);
        } else {
          if (each.is === "record") known.settleRecord(changes);
          else known.settle(offsets);
          [model, doubts] = [table, []];
        }
      }
      assert.ok(known.table.equals(model));
      const { expected } = known;
      assert.equal(expected.length, 1 + doubts.length);
      [model, ...doubts].forEach((table, i) => assert.ok(expected[i].equals(table)));
    }
  }));
  assert.equal(mostInDoubt, 4);
});

test("P4 a table in doubt keeps its offsets, whatever is settled later", () => {
  const known = new KnownTable(OffsetTable.from([[POOL[0], 1]]));
  const offsets = atOnce(known.with(changesOf(known, [[0, 2n]], [])));
  known.doubt(offsets);
  const [, inDoubt] = known.expected;
  known.settleRecord(changesOf(known, [[0, 3n]], []));
  assert.equal(inDoubt.get(POOL[0]), 2n);
  assert.deepEqual(known.expected.map((table) => table.get(POOL[0])), [3n]);
});

test("P9 an adopted table keeps the slots of the queues that memory knows", () => {
  const known = new KnownTable(OffsetTable.from(POOL.map((mq, i) => [mq, i] as const)));
  const slots = POOL.map((mq) => known.index.find(mq));
  const offsets = atOnce(known.columnOf(OffsetTable.from([[POOL[2], 9]])));
  assert.deepEqual(POOL.map((mq) => known.index.find(mq)), slots);
  assert.equal(offsets.get(slots[2]), 9n);
  assert.equal(offsets.size, 1);
});

test("P1 the arrays before the last snapshot are used again, and no others", () => {
  const known = new KnownTable(OffsetTable.from([[POOL[0], 1]]));
  const slot = known.index.find(POOL[0])!;
  const next = (offset: Offset) => atOnce(known.with(changesOf(known, [[0, offset]], [])));
  const first = known.durable;
  const second = next(2n);
  assert.equal(first.get(slot), 1n, "these are durable");
  known.settle(second);
  const third = next(3n);
  assert.deepEqual([first.get(slot), second.get(slot), third.get(slot)], [3n, 2n, 3n]);
  known.doubt(third);
  const fourth = next(4n);
  assert.deepEqual([second.get(slot), third.get(slot), fourth.get(slot)], [2n, 3n, 4n]);
  known.settle(fourth);
  known.adopt(fourth);
  next(5n);
  assert.deepEqual([second.get(slot), fourth.get(slot)], [2n, 4n], "memory may still know these");
});
