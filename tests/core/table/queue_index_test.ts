import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareMessageQueues, type MessageQueue } from "../../../src/core/mod.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import {
  anyQueue,
  EDGE_NAMES,
  entries,
  INT32_MAX,
  INT32_MIN,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { madeLengths } from "../made_objects.ts";

const key = (mq: MessageQueue): string => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]);

const at = (queueId: number, topic = "t", brokerName = "b"): MessageQueue => ({
  topic,
  brokerName,
  queueId,
});

const queues: fc.Arbitrary<MessageQueue[]> = fc.oneof(
  fc.array(anyQueue, { maxLength: 40, size: "max" }),
  entries.map((all) => all.map(([mq]) => mq)),
);

function indexOf(mqs: readonly MessageQueue[]): QueueIndex {
  const index = new QueueIndex();
  for (const mq of mqs) index.add(mq);
  return index;
}

/** The queues in the order of the index. */
const ordered = (index: QueueIndex) =>
  index.order().flatMap(({ slots }) => [...slots].map((slot) => index.queueAt(slot)));

test("S2 an index gives each queue a slot for good, as a Map with a text key does", () => {
  check(fc.property(queues, anyQueue, (all, other) => {
    const index = new QueueIndex();
    const model = new Map<string, number>();
    for (const mq of all) {
      assert.equal(index.find({ ...mq }), model.get(key(mq)));
      const slot = model.get(key(mq)) ?? model.size;
      assert.equal(index.add({ ...mq }), slot);
      model.set(key(mq), slot);
      assert.equal(index.size, model.size);
    }
    assert.equal(index.find(other), model.get(key(other)));
    for (const mq of all) {
      const slot = index.find(mq)!;
      assert.equal(slot, model.get(key(mq)));
      assert.deepEqual(index.queueAt(slot), mq);
      assert.equal(index.queueIdAt(slot), mq.queueId);
    }
  }));
});

test("S2 no name is special, and no two names are one", () => {
  const all = EDGE_NAMES.flatMap((a) => EDGE_NAMES.map((b) => at(0, a, b)));
  const index = new QueueIndex();
  assert.deepEqual(all.map((mq) => index.find(mq)), all.map(() => undefined));
  assert.deepEqual(all.map((mq) => index.add(mq)), [...all.keys()]);
  assert.deepEqual(all.map((mq) => index.find(mq)), [...all.keys()]);
});

test("S2 a queue of a known topic or broker may be unknown", () => {
  const index = indexOf([at(0)]);
  assert.equal(index.find(at(0)), 0);
  for (const mq of [at(1), at(0, "u"), at(0, "t", "c")]) assert.equal(index.find(mq), undefined);
  assert.equal(index.size, 1);
});

test("U6 a value that is no queue is not found", () => {
  const index = new QueueIndex();
  index.add({ topic: "t", brokerName: "b", queueId: 0 });
  for (const none of [null, undefined, 7]) assert.equal(index.find(none as never), undefined);
});

test("S2 a queue −0 is the queue 0", () => {
  const index = indexOf([at(-0), at(0)]);
  assert.equal(index.size, 1);
  assert.ok(Object.is(index.queueAt(0).queueId, 0));
  assert.ok(Object.is(index.queueIdAt(0), 0));
});

test("S2 the order is that of topic, broker name and queue id, whatever came first", () => {
  check(fc.property(queues, (all) => {
    const index = indexOf(all);
    const expected = [...new Map(all.map((mq) => [key(mq), mq])).values()]
      .sort(compareMessageQueues);
    assert.deepEqual(ordered(index), expected);
  }));
  const ids = [10, 9, INT32_MAX, INT32_MIN, -1, 0, 2];
  assert.deepEqual(
    ordered(indexOf(ids.map((id) => at(id)))).map(({ queueId }) => queueId),
    ids.sort((a, b) => a - b),
  );
});

test("P6 a run holds up to 256 queues of one broker that follow each other", () => {
  const index = indexOf([
    ...[1, 0, -1].map((id) => at(id, "a", "c")),
    ...Array.from({ length: 513 }, (_, id) => at(512 - id, "a", "b")),
    ...Array.from({ length: 256 }, (_, id) => at(id, "b", "b")),
  ]);
  assert.deepEqual(
    index.order().map(({ broker: { topic, brokerName }, slots }) => [
      topic,
      brokerName,
      slots.length,
      index.queueIdAt(slots[0]),
      index.queueIdAt(slots.at(-1)!),
    ]),
    [
      ["a", "b", 256, 0, 255],
      ["a", "b", 256, 256, 511],
      ["a", "b", 1, 512, 512],
      ["a", "c", 3, -1, 1],
      ["b", "b", 256, 0, 255],
    ],
  );
});

test("P6 the order is made anew only if a queue has come", () => {
  const index = new QueueIndex();
  const empty = index.order();
  assert.deepEqual(empty, []);
  assert.equal(index.order(), empty);
  index.add(at(1));
  const one = index.order();
  assert.notEqual(one, empty);
  index.add(at(1));
  index.find(at(0));
  assert.equal(index.order(), one);
  index.add(at(0));
  assert.deepEqual(ordered(index), [at(0), at(1)]);
});

test("S5 a broker is made once, and its queues are found by its names", () => {
  const index = new QueueIndex();
  const [b, c] = [index.addBroker("t", "b"), index.addBroker("t", "c")];
  assert.deepEqual(index.order(), [], "no queue yet");
  assert.deepEqual([b, c].map(({ topic, brokerName }) => [topic, brokerName]), [
    ["t", "b"],
    ["t", "c"],
  ]);
  assert.equal(index.addQueue(c, 0), 0);
  assert.equal(index.addQueue(b, 0), 1);
  assert.equal(index.addQueue(c, 0), 0);
  assert.equal(index.add(at(0, "t", "b")), 1);
  assert.equal(index.add(at(1, "t", "c")), 2);
  assert.deepEqual([0, 1, 2].map((slot) => index.queueAt(slot)), [
    at(0, "t", "c"),
    at(0, "t", "b"),
    at(1, "t", "c"),
  ]);
});

test("S2 ofTopic() gives the slots of all brokers of just that topic", () => {
  const index = indexOf([at(0, "a"), at(0, "b"), at(7, "a"), at(0, "a", "c")]);
  assert.deepEqual([...index.ofTopic("a")].sort(), [0, 2, 3]);
  assert.deepEqual([...index.ofTopic("b")], [1]);
  assert.deepEqual([...index.ofTopic("")], []);
});

test("S5 an index that has room for its queues makes no new arrays while they come", () => {
  const index = new QueueIndex();
  assert.deepEqual(madeLengths(() => index.reserve(40)), [64]);
  const fill = () => {
    for (let id = 0; id < 64; id++) index.add(at(id));
  };
  assert.deepEqual(madeLengths(fill), []);
  assert.deepEqual(madeLengths(() => index.add(at(64))), [128]);
});
