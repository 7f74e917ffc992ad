import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyUpdate, type MessageQueue, OffsetTable, serialize } from "../../../src/core/mod.ts";
import { takesOffset } from "../../../src/core/rules/apply_update.ts";
import {
  anyQueue,
  offset,
  POOL,
  table,
  type Update,
  updates,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const MQ: MessageQueue = { topic: "orders", brokerName: "broker-a", queueId: 0 };
const HELD = OffsetTable.from([[MQ, 42n]]);
const fold = (start: OffsetTable, all: readonly Update[]) =>
  all.reduce((t, { mq, offset, increaseOnly }) => applyUpdate(t, mq, offset, increaseOnly), start);

test("U1 update() gives a queue without an offset the given one: worked example", () => {
  assert.equal(applyUpdate(OffsetTable.empty, MQ, 42, true).get(MQ), 42n);
  assert.equal(applyUpdate(OffsetTable.empty, MQ, -7n, true).get(MQ), -7n);
  assert.equal(applyUpdate(OffsetTable.empty, MQ, 42n, false).get(MQ), 42n);
});

test("U1 update() gives a queue without an offset the given one, whatever increaseOnly says", () => {
  check(fc.property(table, anyQueue, offset, fc.boolean(), (t, mq, o, increaseOnly) => {
    const without = OffsetTable.from(
      [...t].filter(([other]) => !OffsetTable.from([[mq, 0]]).has(other)),
    );
    const after = applyUpdate(without, mq, o, increaseOnly);
    assert.equal(after.get(mq), o);
    assert.equal(after.size, without.size + 1);
  }));
});

test("U2 update() with increaseOnly takes a greater offset: worked example", () => {
  assert.equal(applyUpdate(HELD, MQ, 43n, true).get(MQ), 43n);
  const rounded = OffsetTable.from([[MQ, 2n ** 53n]]);
  assert.equal(applyUpdate(rounded, MQ, 2n ** 53n + 1n, true).get(MQ), 2n ** 53n + 1n);
});

test("U2 update() with increaseOnly gives the greater of the two offsets", () => {
  check(fc.property(table, anyQueue, offset, offset, (t, mq, before, given) => {
    const held = applyUpdate(t, mq, before, false);
    assert.equal(applyUpdate(held, mq, given, true).get(mq), given > before ? given : before);
  }));
});

test("U2 update() with increaseOnly never lowers any queue, whatever the sequence", () => {
  check(fc.property(table, updates, (start, all) => {
    let before = start;
    for (const { mq, offset } of all) {
      const after = applyUpdate(before, mq, offset, true);
      for (const [queue, was] of before) assert.ok(after.get(queue)! >= was);
      before = after;
    }
  }));
});

test("U2 the order of increase-only updates does not matter", () => {
  const increases = updates.map((all) => all.map((each) => ({ ...each, increaseOnly: true })));
  check(fc.property(table, increases, fc.infiniteStream(fc.nat()), (start, all, keys) => {
    const shuffled = all.map((each) => [keys.next().value, each] as const)
      .sort(([a], [b]) => a - b).map(([, each]) => each);
    assert.ok(fold(start, shuffled).equals(fold(start, all)));
  }));
});

test("U3 update() with increaseOnly and no greater offset gives the same object back", () => {
  assert.equal(applyUpdate(HELD, MQ, 42, true), HELD);
  assert.equal(applyUpdate(HELD, MQ, 41n, true), HELD);
  check(fc.property(table, anyQueue, offset, offset, (t, mq, a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const held = applyUpdate(t, mq, high, false);
    assert.equal(applyUpdate(held, { ...mq }, low, true), held);
    assert.equal(applyUpdate(held, { ...mq }, high, true), held);
  }));
});

test("U4 update() without increaseOnly takes the given offset, lower or not", () => {
  assert.equal(applyUpdate(HELD, MQ, -1n, false).get(MQ), -1n);
  check(fc.property(table, anyQueue, offset, offset, (t, mq, before, given) => {
    const held = applyUpdate(t, mq, before, false);
    assert.equal(applyUpdate(held, mq, given, false).get(mq), given);
  }));
});

test("U4 update() without increaseOnly to the offset that is there gives the same object back", () => {
  check(fc.property(table, (t) => {
    for (const [mq, o] of t) assert.equal(applyUpdate(t, mq, o, false), t);
  }));
});

test("U6 update() refuses an increaseOnly that is no boolean", () => {
  for (const increaseOnly of [undefined, null, 0, 1, "true"]) {
    assert.throws(
      () => applyUpdate(OffsetTable.empty, MQ, 1n, increaseOnly as unknown as boolean),
      TypeError,
    );
  }
});

test("U5 update() changes no other queue", () => {
  check(fc.property(table, anyQueue, offset, fc.boolean(), (t, mq, o, increaseOnly) => {
    const after = applyUpdate(t, mq, o, increaseOnly);
    const one = OffsetTable.from([[mq, 0]]);
    for (const [other, was] of t) assert.ok(one.has(other) || after.get(other) === was);
    assert.equal(after.size, t.size + (t.has(mq) ? 0 : 1));
  }));
});

test("U5 update() does not change the table passed in, nor the queue", () => {
  check(fc.property(table, updates, (start, all) => {
    const text = serialize(start);
    const held = POOL.map((mq) => start.get(mq));
    const frozen = all.map((each) => ({ ...each, mq: Object.freeze({ ...each.mq }) }));
    fold(start, frozen);
    assert.equal(serialize(start), text);
    assert.deepEqual(POOL.map((mq) => start.get(mq)), held);
  }));
});

test("U5 update() keeps its own copy of the queue", () => {
  const mine = { ...MQ };
  const after = applyUpdate(OffsetTable.empty, mine, 1n, true);
  mine.topic = "changed";
  assert.deepEqual([...after], [[MQ, 1n]]);
});

test("U1–U4 the rule that the store shares decides as update() does", () => {
  check(fc.property(offset, offset, fc.boolean(), (before, given, increaseOnly) => {
    const held = OffsetTable.from([[MQ, before]]);
    const takes = takesOffset(before, given, increaseOnly);
    assert.equal(applyUpdate(held, MQ, given, increaseOnly) !== held, takes);
    assert.equal(takesOffset(undefined, given, increaseOnly), true);
  }));
});
