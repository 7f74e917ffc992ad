/** Tables that share an index, which knows more queues than they hold and has lost some. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeMax, type MessageQueue, OffsetTable, serialize } from "../../../src/core/mod.ts";
import { atOnce } from "../../../src/core/slices.ts";
import { OffsetColumn } from "../../../src/core/table/offset_column.ts";
import { copyEntries, tableOf } from "../../../src/core/table/offset_table.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { anyQueue, entries, type Entry } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

/** A table of the entries whose index also knows other queues, and once knew some more. */
function sharedTable(
  all: readonly Entry[],
  others: readonly MessageQueue[],
  gone: readonly MessageQueue[],
): OffsetTable {
  const [index, offsets] = [new QueueIndex(), new OffsetColumn()];
  for (const mq of [...gone, ...others]) index.add(mq);
  for (const [mq, each] of all) offsets.set(index.add(mq), each);
  for (const mq of gone) {
    const slot = index.find(mq);
    if (offsets.get(slot) === undefined && slot !== undefined) index.free(slot);
  }
  return tableOf({ index, offsets });
}

const queues = fc.array(anyQueue, { maxLength: 5 });

test("S2 a table is the same if its index knows more queues, or has lost some", () => {
  check(fc.property(entries, queues, queues, (all, others, gone) => {
    const [shared, own] = [sharedTable(all, others, gone), OffsetTable.from(all)];
    assert.deepEqual([...shared], [...own]);
    assert.ok(shared.equals(own) && own.equals(shared));
    for (const mq of [...others, ...gone]) {
      assert.equal(shared.get(mq), own.get(mq));
      assert.equal(shared.has(mq), own.has(mq));
      assert.deepEqual([...shared.forTopic(mq.topic)], [...own.forTopic(mq.topic)]);
    }
    for (const format of ["go", "java"] as const) {
      assert.equal(serialize(shared, { format }), serialize(own, { format }));
    }
  }));
});

test("S2 P9 only the queues that a table holds are copied and merged, not those of its index", () => {
  check(fc.property(entries, entries, queues, queues, (all, more, others, gone) => {
    const [shared, own] = [sharedTable(all, others, gone), OffsetTable.from(all)];
    const copy = { index: new QueueIndex(), offsets: new OffsetColumn() };
    atOnce(copyEntries(shared, copy));
    assert.ok(tableOf(copy).equals(own));
    const other = OffsetTable.from(more);
    assert.ok(mergeMax(other, shared).equals(mergeMax(other, own)));
    assert.ok(mergeMax(shared, other).equals(mergeMax(own, other)));
  }));
});
