import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareMessageQueues, type MessageQueue } from "../../../src/core/mod.ts";
import { compareNames } from "../../../src/core/table/message_queue.ts";
import {
  INT32_MAX,
  INT32_MIN,
  messageQueue,
  name,
  poolQueue,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const queue = fc.oneof(messageQueue, poolQueue);
const sign = (n: number) => Math.sign(n) + 0;

/** Code units one by one, the slow way. */
function naive(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.charCodeAt(i) < b.charCodeAt(i) ? -1 : 1;
  }
  return sign(a.length - b.length);
}

/** Written in order; each is less than all after it. */
const SORTED: readonly (readonly [topic: string, brokerName: string, queueId: number])[] = [
  ["", "", INT32_MIN],
  ["", "", -1],
  ["", "", 0],
  ["", "", 2],
  ["", "", 10],
  ["", "", INT32_MAX],
  ["", "a", -5],
  ["1", "", 0],
  ["10", "", 0],
  ["2", "z", 0],
  ["B", "", 0],
  ["__proto__", "", 0],
  ["a", "B", 9],
  ["a", "b", 0],
  ["ab", "", 0],
  ["é", "", 0],
  // By code point the emoji would be the greater, by code unit it is the lower.
  ["😀", "", 0],
  ["\ufffd", "", 0],
];

test("S2 queues are ordered by topic, broker name and queue id: worked examples", () => {
  const queues: MessageQueue[] = SORTED.map(([topic, brokerName, queueId]) => ({
    topic,
    brokerName,
    queueId,
  }));
  queues.forEach((a, i) =>
    queues.forEach((b, j) => {
      assert.equal(sign(compareMessageQueues(a, b)), sign(i - j), `${i}, ${j}`);
    })
  );
});

test("S2 names are ordered by code units", () => {
  check(fc.property(name, name, (a, b) => {
    assert.equal(compareNames(a, b), naive(a, b));
    assert.equal(compareNames(a, a), 0);
  }));
});

test("S2 the order is total: antisymmetric, transitive, and equal only for the same queue", () => {
  check(fc.property(queue, queue, queue, (a, b, c) => {
    assert.equal(sign(compareMessageQueues(a, b)), 0 - sign(compareMessageQueues(b, a)));
    const same = a.topic === b.topic && a.brokerName === b.brokerName && a.queueId === b.queueId;
    assert.equal(compareMessageQueues(a, b) === 0, same);
    const [x, y, z] = [a, b, c].sort(compareMessageQueues);
    assert.ok(compareMessageQueues(x, y) <= 0 && compareMessageQueues(y, z) <= 0);
    assert.ok(compareMessageQueues(x, z) <= 0);
  }));
});
