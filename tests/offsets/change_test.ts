/** Changes as lists: what they make of a table, and what lies between two. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable } from "../../mod.ts";
import {
  changesBetween,
  countChanges,
  isChange,
  withChanges,
} from "../../scripts/offsets/changing/change.ts";
import { poolTable } from "../../scripts/lib/arbitraries.ts";
import { check } from "../support/check.ts";

test("the changes between two tables make the one of the other, and are counted", () => {
  let counted = 0;
  check(fc.property(poolTable, poolTable, (from, to) => {
    const before = [...from];
    const changes = changesBetween(from, to);
    assert.ok(changes.every(isChange));
    assert.ok(withChanges(from, changes).equals(to));
    assert.deepEqual([...from], before, "the table itself stays as it is");
    const { added, deleted, raised, lowered } = countChanges(changes);
    assert.equal(added + deleted + raised + lowered, changes.length);
    assert.equal(added - deleted, to.size - from.size);
    const ups = [...to].filter(([mq, offset]) => from.has(mq) && from.get(mq)! < offset);
    assert.equal(raised, ups.length);
    counted += Math.min(added, deleted, 1) + Math.min(raised, lowered, 1);
  }));
  assert.ok(counted > 10, "changes of all kinds were met");
});

test("changes of the empty table leave it empty", () => {
  const mq = { topic: "t", brokerName: "b", queueId: 0 };
  const changed = withChanges(OffsetTable.empty, [{ mq, to: 1n }]);
  assert.deepEqual([...changed], [[mq, 1n]]);
  assert.deepEqual([...OffsetTable.empty], []);
  assert.ok(withChanges(changed, [{ mq, from: 1n }]).equals(OffsetTable.empty));
});
