import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  compareMessageQueues,
  type MessageQueue,
  OffsetTable,
  serialize,
} from "../../../src/core/mod.ts";
import {
  anyQueue,
  entries,
  name,
  offset,
  POOL,
  poolTable,
  table,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const key = (mq: MessageQueue): string => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]);

test("U5 a table is a value: what it was made of and what it gives away cannot change it", () => {
  const mq = { ...POOL[0] };
  const made: [MessageQueue, bigint][] = [[mq, 1n]];
  const t = OffsetTable.from(made);
  mq.topic = "changed";
  made[0][1] = 9n;
  for (const entry of t) {
    (entry as [MessageQueue, bigint])[1] = 9n;
    (entry[0] as { topic: string }).topic = "changed";
  }
  assert.deepEqual([...t], [[POOL[0], 1n]]);
  assert.equal(t.get(POOL[0]), 1n);
});

test("S2 a table holds of each queue the last entry, and no other queue", () => {
  check(fc.property(entries, anyQueue, (all, absent) => {
    const t = OffsetTable.from(all);
    const last = new Map(all.map(([mq, o]) => [key(mq), o]));
    assert.equal(t.size, last.size);
    for (const [mq] of all) {
      assert.equal(t.get({ ...mq }), last.get(key(mq)));
      assert.equal(t.has({ ...mq }), true);
    }
    assert.equal(t.get(absent), last.get(key(absent)));
    assert.equal(t.has(absent), last.has(key(absent)));
  }));
});

test("S2 a table takes numbers and bigints, from any iterable", () => {
  const made = OffsetTable.from(
    new Map<MessageQueue, bigint | number>([[POOL[0], 1], [POOL[1], 2n]]),
  );
  assert.ok(made.equals(OffsetTable.from([[POOL[1], 2], [POOL[0], 1n]])));
  assert.ok(OffsetTable.from(made).equals(made));
});

test("S2 a queue −0 is the queue 0", () => {
  const t = OffsetTable.from([[{ ...POOL[0], queueId: -0 }, 1], [POOL[0], 2]]);
  assert.deepEqual([...t], [[POOL[0], 2n]]);
  const [[mq]] = OffsetTable.from([[{ ...POOL[0], queueId: -0 }, 1]]);
  assert.ok(Object.is(mq.queueId, 0));
});

test("S2 a table iterates in canonical order, as often as it is asked", () => {
  check(fc.property(table, (t) => {
    const all = [...t];
    assert.equal(all.length, t.size);
    for (let i = 1; i < all.length; i++) {
      assert.ok(compareMessageQueues(all[i - 1][0], all[i][0]) < 0);
    }
    assert.deepEqual([...t], all);
    for (const [mq, o] of all) assert.equal(t.get(mq), o);
  }));
});

test("S2 the order of insertion never shows", () => {
  check(fc.property(table, (t) => {
    const reversed = OffsetTable.from([...t].reverse());
    assert.deepEqual([...reversed], [...t]);
    assert.ok(reversed.equals(t) && t.equals(reversed));
  }));
});

test("S2 equal tables are those with the same entries", () => {
  check(fc.property(poolTable, poolTable, (a, b) => {
    assert.equal(a.equals(b), serialize(a) === serialize(b));
    assert.ok(a.equals(a));
  }));
});

test("S2 a table with one offset, one queue or one queue's name changed is not equal", () => {
  check(fc.property(table, anyQueue, offset, (t, mq, o) => {
    const held = OffsetTable.from([...t, [mq, o]]);
    const others = [...held].filter(([other]) => key(other) !== key(mq));
    const without = OffsetTable.from(others);
    const renamed = OffsetTable.from([...others, [{ ...mq, topic: mq.topic + "ren" }, o]]);
    const moved = OffsetTable.from([...held, [mq, o === 0n ? 1n : 0n]]);
    for (const other of [without, moved, renamed.has(mq) ? without : renamed]) {
      assert.equal(held.equals(other), false);
      assert.equal(other.equals(held), false);
    }
  }));
});

test("S2 forTopic() selects exactly the queues of the topic", () => {
  check(fc.property(table, name, (t, absent) => {
    for (const topic of [absent, ...new Set([...t].map(([mq]) => mq.topic))]) {
      const selected = [...t].filter(([mq]) => mq.topic === topic);
      assert.deepEqual([...t.forTopic(topic)], selected);
    }
  }));
});

test("S2 the empty table holds nothing", () => {
  assert.equal(OffsetTable.empty.size, 0);
  assert.deepEqual([...OffsetTable.empty], []);
  assert.equal(OffsetTable.empty.has(POOL[0]), false);
  assert.equal(OffsetTable.empty.get(POOL[0]), undefined);
  assert.deepEqual([...OffsetTable.empty.forTopic("a")], []);
  assert.ok(OffsetTable.empty.equals(OffsetTable.from([])));
});
