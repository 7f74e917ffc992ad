/** Queues that come and go: an index and its order, against a model that makes all anew. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareMessageQueues, type MessageQueue } from "../../../src/core/mod.ts";
import type { Run } from "../../../src/core/table/queue_index.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { EDGE_NAMES } from "../../../scripts/lib/arbitraries.ts";
import { check, inProportion } from "../../support/check.ts";
import { madeObjects } from "../made_objects.ts";

const key = (mq: MessageQueue): string => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]);

/** Few names and ids, so that queues meet again, and brokers lose their last queue. */
const mq = fc.record({
  topic: fc.constantFrom("a", ...EDGE_NAMES.slice(0, 1)),
  brokerName: fc.constantFrom("b", "c"),
  queueId: fc.integer({ min: -1, max: 2 }),
}, { noNullPrototype: true });

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: fc.constant("add" as const), mq }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant("free" as const), mq }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("order" as const) }) },
  // Begins to make the order, and does so many slices of it; the next steps come in between.
  { weight: 2, arbitrary: fc.record({ is: fc.constant("slices" as const), count: fc.nat(6) }) },
);

/** The order as it is made from nothing. */
function naiveOrder(live: Iterable<MessageQueue>): MessageQueue[] {
  return [...live].sort(compareMessageQueues);
}

const queuesOf = (index: QueueIndex, runs: readonly Run[]) =>
  runs.flatMap(({ slots }) => [...slots].map((slot) => index.queueAt(slot)));

test("S2 queues that come and go leave the order of an index that is made anew", () => {
  let [reused, passes] = [0, 0];
  check(fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
    const index = new QueueIndex();
    const live = new Map<string, { mq: MessageQueue; slot: number }>();
    let pass = index.orderInSlices();
    for (const each of steps) {
      if (each.is === "add") {
        const before = index.size;
        const isNew = !live.has(key(each.mq));
        const slot = index.add(each.mq);
        if (isNew) {
          if (index.size === before) reused++;
          assert.ok([...live.values()].every((other) => other.slot !== slot), "of its own");
        } else assert.equal(slot, live.get(key(each.mq))!.slot);
        live.set(key(each.mq), { mq: each.mq, slot });
      } else if (each.is === "free") {
        const found = live.get(key(each.mq));
        assert.equal(index.find(each.mq), found?.slot);
        if (found === undefined) continue;
        index.free(found.slot);
        live.delete(key(each.mq));
        assert.equal(index.find(each.mq), undefined);
        assert.equal(index.isTaken(found.slot), false);
        // Nobody frees a slot while a commit encodes.
        pass = index.orderInSlices();
      } else if (each.is === "order") {
        const expected = naiveOrder([...live.values()].map(({ mq }) => mq));
        assert.deepEqual(queuesOf(index, index.order()), expected);
      } else {
        for (let i = 0; i < each.count; i++) {
          if (pass.next().done === true) {
            passes++;
            pass = index.orderInSlices();
          }
        }
      }
      for (const { mq, slot } of live.values()) {
        assert.equal(index.find(mq), slot);
        assert.deepEqual(index.queueAt(slot), mq);
        assert.ok(index.isTaken(slot));
      }
      assert.ok(index.size <= 16);
    }
    const expected = naiveOrder([...live.values()].map(({ mq }) => mq));
    assert.deepEqual(queuesOf(index, index.order()), expected);
    assert.equal(index.order(), index.order(), "it is made once");
    const runs = index.order();
    assert.ok(
      runs.every(({ slots, broker }) => slots.length > 0 && index.brokerAt(slots[0]) === broker),
    );
  }));
  assert.ok(
    reused > inProportion(100) && passes > inProportion(10),
    `${reused} slots were given again, ${passes} passes ended`,
  );
});

test("P3 an order in slices has all queues that were there when it began, whatever comes", () => {
  const when = fc.array(fc.nat(8), { maxLength: 8 });
  check(fc.property(fc.array(mq, { maxLength: 20 }), fc.array(mq), when, (first, later, when) => {
    const index = new QueueIndex();
    for (const each of first) index.add(each);
    const before = new Set(first.map(key));
    const pass = index.orderInSlices();
    let runs: readonly Run[] | undefined;
    for (let slice = 0; runs === undefined; slice++) {
      const { done, value } = pass.next();
      if (done === true) runs = value;
      if (when.includes(slice)) {
        const another = later[slice];
        if (another !== undefined) index.add(another);
        index.order();
      }
    }
    const found = queuesOf(index, runs);
    assert.deepEqual(found, [...found].sort(compareMessageQueues), "in order");
    assert.equal(new Set(found.map(key)).size, found.length, "each once");
    const keys = new Set(found.map(key));
    assert.ok([...before].every((each) => keys.has(each)), "nothing is missing");
  }));
});

test("S2 an order of many brokers and queues is made in many slices", () => {
  const index = new QueueIndex();
  for (let i = 20_000; i-- > 0;) {
    index.add({ topic: `t${i >> 2}`, brokerName: "b", queueId: i & 3 });
  }
  let slices = 0;
  const pass = index.orderInSlices();
  let step = pass.next();
  for (; step.done !== true; step = pass.next()) {
    assert.ok(step.value <= 1024, `${step.value} queues at once`);
    slices++;
  }
  assert.ok(slices > 100);
  const found = queuesOf(index, step.value);
  assert.deepEqual(found, [...found].sort(compareMessageQueues));
  assert.equal(found.length, 20_000);
});

test("P6 the runs of brokers without a change stay the same objects", () => {
  const index = new QueueIndex();
  for (const topic of ["a", "b", "c"]) {
    for (let id = 0; id < 3; id++) index.add({ topic, brokerName: "b", queueId: id });
  }
  const before = index.order();
  index.add({ topic: "b", brokerName: "b", queueId: 7 });
  const after = index.order();
  assert.deepEqual(after.map((run, i) => run === before[i]), [true, false, true]);
  index.free(index.find({ topic: "c", brokerName: "b", queueId: 1 })!);
  assert.deepEqual(index.order().map((run, i) => run === after[i]), [true, true, false]);
});

test("a broker that has lost its last queue is forgotten, and may come again", () => {
  const index = new QueueIndex();
  for (let i = 0; i < 1000; i++) {
    const slot = index.add({ topic: `t${i}`, brokerName: "b", queueId: i });
    assert.equal(slot, 0);
    if (i % 10 === 0) assert.equal(index.order().length, 1);
    index.free(slot);
  }
  assert.equal(index.size, 1);
  assert.deepEqual(index.order(), []);
});

test("a queue that has gone is not found at the slot of the one that took its broker's place", () => {
  const index = new QueueIndex();
  const [a, b] = ["a", "b"].map((topic) => ({ topic, brokerName: "b", queueId: 0 }));
  index.add(a);
  const slot = index.find(a)!;
  index.free(slot);
  assert.equal(index.add(b), slot);
  assert.equal(index.find(a), undefined);
  assert.equal(index.find(b), slot);
});

test("S2 the number of a broker is given again once its last queue has gone", () => {
  const index = new QueueIndex();
  for (let round = 0; round < 5; round++) {
    const queue = (queueId: number) => ({ topic: `t${round}`, brokerName: "b", queueId });
    const [first, second] = [index.add(queue(0)), index.add(queue(1))];
    const { number } = index.brokerAt(first);
    assert.equal(number, 0);
    index.free(first);
    assert.equal(index.find(queue(1)), second);
    assert.equal(index.brokerAt(second).number, number, "it has a queue");
    index.free(second);
    assert.equal(index.find(queue(1)), undefined);
  }
});

test("a topic is forgotten with its last broker, and no sooner", () => {
  const index = new QueueIndex();
  const queue = (brokerName: string) => ({ topic: "t", brokerName, queueId: 0 });
  const newTopics = (brokerName: string) =>
    madeObjects("Map", () => void index.add(queue(brokerName))).length;
  assert.deepEqual(["b", "c"].map(newTopics), [1, 0]);
  index.free(index.find(queue("c"))!);
  assert.equal(newTopics("c"), 0);
  for (const brokerName of ["b", "c"]) index.free(index.find(queue(brokerName))!);
  assert.equal(newTopics("c"), 1);
});
