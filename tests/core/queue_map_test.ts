import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MessageQueue } from "../../src/core/mod.ts";
import { QueueMap } from "../../src/core/queue_map.ts";
import { anyQueue, POOL, poolQueue } from "../support/arbitraries.ts";
import { check } from "../support/check.ts";

const key = (mq: MessageQueue): string => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]);

type Step = readonly [set: boolean, mq: MessageQueue, value: number];

const step: fc.Arbitrary<Step> = fc.tuple(fc.boolean(), fc.oneof(poolQueue, anyQueue), fc.nat());
const steps = fc.array(step, { maxLength: 40, size: "max" });

test("D1 a map of queues answers as a Map with one text key does, whatever is set and deleted", () => {
  check(fc.property(steps, (all) => {
    const map = new QueueMap<number>();
    const model = new Map<string, number>();
    for (const [set, mq, value] of all) {
      if (set) {
        map.set({ ...mq }, value);
        model.set(key(mq), value);
      } else {
        assert.equal(map.delete({ ...mq }), model.delete(key(mq)));
      }
      assert.equal(map.size, model.size);
      assert.equal(map.get({ ...mq }), model.get(key(mq)));
    }
    const held = new Map([...map].map(([mq, value]) => [key(mq), value]));
    assert.deepEqual(held, model);
    assert.equal([...map].length, model.size);
  }));
});

const [a0, a1, ab] = POOL;
const b0 = { ...a0, brokerName: "b2" };
const order = (map: QueueMap<number>): number[] => [...map].map(([, value]) => value);

test("D1 deleting the last queue of a broker, or of a topic, forgets its name", () => {
  // What is left of a name is seen in the order: a name that was forgotten comes last again.
  const broker = new QueueMap<number>();
  [a0, b0].forEach((mq, i) => broker.set(mq, i));
  broker.delete(a0);
  broker.set(a0, 2);
  assert.deepEqual(order(broker), [1, 2]);
  const topic = new QueueMap<number>();
  [a0, ab].forEach((mq, i) => topic.set(mq, i));
  topic.delete(a0);
  topic.set(a0, 2);
  assert.deepEqual(order(topic), [1, 2]);
});

test("D1 deleting a queue keeps the other queues of its broker and of its topic", () => {
  const map = new QueueMap<number>();
  [a0, a1, b0, ab].forEach((mq, i) => map.set(mq, i));
  assert.equal(map.delete(a0), true);
  assert.equal(map.delete(a0), false);
  assert.deepEqual(order(map), [1, 2, 3]);
  assert.equal(map.delete(b0), true);
  assert.deepEqual(order(map), [1, 3]);
  map.set(a0, 0);
  assert.deepEqual(order(map), [1, 0, 3], "the broker that kept a queue kept its place");
});

test("D1 deleting from an empty map, an unknown broker or an unknown queue does nothing", () => {
  const map = new QueueMap<number>();
  assert.equal(map.delete(a0), false);
  map.set(a0, 0);
  for (const absent of [a1, b0, ab]) assert.equal(map.delete(absent), false);
  assert.equal(map.size, 1);
  assert.equal(map.get(a0), 0);
});
