import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeMax, OffsetTable, serialize } from "../../../src/core/mod.ts";
import { INT64_MIN, POOL, poolTable as tables, table } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const [A, B, C] = POOL;

/** Whether every queue of `a` has at least its offset in `b`. */
const below = (a: OffsetTable, b: OffsetTable): boolean =>
  [...a].every(([mq, offset]) => b.has(mq) && offset <= b.get(mq)!);

function assertEqual(a: OffsetTable, b: OffsetTable): void {
  if (!a.equals(b)) assert.fail(`${serialize(a)} is not ${serialize(b)}`);
}

test("P9 mergeMax() takes the greater offset of each queue: worked example", () => {
  const a = OffsetTable.from([[A, 3], [B, 2n ** 53n + 1n], [C, -2]]);
  const b = OffsetTable.from([[A, 7], [B, 2n ** 53n], [POOL[3], INT64_MIN]]);
  const merged = OffsetTable.from([[A, 7], [B, 2n ** 53n + 1n], [C, -2], [POOL[3], INT64_MIN]]);
  assertEqual(mergeMax(a, b), merged);
});

test("P9 mergeMax() is commutative", () => {
  check(fc.property(tables, tables, (a, b) => assertEqual(mergeMax(a, b), mergeMax(b, a))));
});

test("P9 mergeMax() is associative", () => {
  check(fc.property(tables, tables, tables, (a, b, c) => {
    assertEqual(mergeMax(mergeMax(a, b), c), mergeMax(a, mergeMax(b, c)));
  }));
});

test("P9 mergeMax() is idempotent and has the empty table as its unit", () => {
  check(fc.property(table, (t) => {
    assertEqual(mergeMax(t, t), t);
    assertEqual(mergeMax(t, OffsetTable.empty), t);
    assertEqual(mergeMax(OffsetTable.empty, t), t);
  }));
});

test("P9 mergeMax() gives an upper bound of both", () => {
  check(fc.property(tables, tables, (a, b) => {
    const merged = mergeMax(a, b);
    assert.ok(below(a, merged) && below(b, merged));
  }));
});

test("P9 mergeMax() gives the least upper bound: no queue and no offset of its own", () => {
  check(fc.property(tables, tables, tables, (a, b, c) => {
    // Merged with both, any third table is an upper bound, so the property is never vacuous.
    const bound = mergeMax(mergeMax(c, b), a);
    assert.ok(below(mergeMax(a, b), bound));
    for (const [mq, offset] of mergeMax(a, b)) {
      assert.ok(a.get(mq) === offset || b.get(mq) === offset);
    }
  }));
});

test("P9 mergeMax() changes neither table", () => {
  check(fc.property(tables, tables, (a, b) => {
    const before = [serialize(a), serialize(b)];
    mergeMax(a, b);
    assert.deepEqual([serialize(a), serialize(b)], before);
  }));
});

test("P9 mergeMax() gives the first table itself when the second raises nothing", () => {
  check(fc.property(tables, tables, (a, b) => {
    const merged = mergeMax(a, b);
    assert.equal(mergeMax(merged, b), merged);
    assert.equal(mergeMax(merged, a), merged);
    assert.equal(merged === a, below(b, a));
  }));
});
