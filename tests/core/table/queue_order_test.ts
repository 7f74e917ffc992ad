/** The work of making an order: how much is done, in which slices, and with what in between. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { atOnce, SLICE, type Slices } from "../../../src/core/slices.ts";
import { type Broker, QueueIndex, type Run } from "../../../src/core/table/queue_index.ts";
import { QueueOrder } from "../../../src/core/table/queue_order.ts";
import { SlotTable } from "../../../src/core/table/slot_table.ts";

/** The number of a topic has four digits, so that the order of names is that of numbers. */
const queue = (topic: number, queueId = 0) => ({
  topic: `t${String(topic).padStart(4, "0")}`,
  brokerName: "b",
  queueId,
});

const free = (index: QueueIndex, topic: number, queueId = 0) =>
  index.free(index.find(queue(topic, queueId))!);

const queuesOf = (index: QueueIndex, runs: readonly Run[]) =>
  runs.flatMap(({ slots }) => Array.from(slots, (slot) => index.queueAt(slot)));

/** To take a slice of queues into the order is an eighth of the work of encoding it. */
const TAKEN = SLICE / 8;

test("P1 P6 the order of one broker: a turn for each slice of new queues, and for the broker", () => {
  const index = new QueueIndex();
  assert.deepEqual([...index.orderInSlices()], []);
  for (let id = 0; id < 3 * SLICE + 1; id++) index.add(queue(0, id));
  assert.deepEqual([...index.orderInSlices()], [TAKEN, TAKEN, TAKEN, (3 * SLICE + 1) / 8, 1]);
  assert.deepEqual([...index.orderInSlices()], [], "nothing has changed");
  index.add(queue(0, -1));
  assert.deepEqual([...index.orderInSlices()], [(3 * SLICE + 2) / 8]);
  free(index, 0, 7);
  assert.deepEqual([...index.orderInSlices()], [(3 * SLICE + 1) / 8]);
});

test("P1 P6 the order of many brokers: they are sorted only if one has come", () => {
  const index = new QueueIndex();
  for (let topic = 0; topic < 2 * SLICE; topic++) index.add(queue(topic));
  const taken = [TAKEN, TAKEN];
  const grown = Array(2 * SLICE).fill(1 / 8);
  // Two parts are sorted, then merged into one, and that with the brokers that are there.
  const sorted = Array(2 + 2 + 2).fill(SLICE);
  const listed = [TAKEN, TAKEN];
  assert.deepEqual([...index.orderInSlices()], [...taken, ...grown, ...sorted, ...listed]);
  index.add(queue(7, 1));
  assert.deepEqual([...index.orderInSlices()], [2 / 8, ...listed]);
  free(index, 7);
  assert.deepEqual([...index.orderInSlices()], [1 / 8, ...listed]);
  index.add(queue(2 * SLICE));
  assert.deepEqual([...index.orderInSlices()], [1 / 8, 1, SLICE, SLICE, ...listed]);
});

test("P6 brokers that have gone are left behind with the next order", () => {
  const index = new QueueIndex();
  for (let topic = 0; topic < 2 * SLICE; topic++) index.add(queue(topic));
  index.order();
  for (let topic = 0; topic < 2 * SLICE; topic++) free(index, topic);
  assert.deepEqual([...index.orderInSlices()], [], "no broker is left that has lost a queue");
  assert.deepEqual(index.order(), []);
  index.add(queue(0));
  assert.deepEqual([...index.orderInSlices()], [1 / 8, 1]);
});

test("P6 a queue that has come and gone between two orders leaves the runs as they are", () => {
  const index = new QueueIndex();
  for (const topic of [0, 1]) index.add(queue(topic));
  index.order();
  free(index, 1);
  const [run] = index.order();
  assert.equal(index.add(queue(0, 1)), 1, "the slot is given anew");
  free(index, 0, 1);
  assert.deepEqual(index.order(), [run]);
  assert.equal(index.order()[0], run);
});

test("P6 the id of a queue is looked up for no slot but those of the broker", () => {
  class CountingTable extends SlotTable {
    readonly asked: number[] = [];
    override queueIdAt(slot: number): number {
      this.asked.push(slot);
      return super.queueIdAt(slot);
    }
  }
  const slots = new CountingTable();
  const brokers: Broker[] = [
    { topic: "t", brokerName: "b", number: 0, queues: 0, goKey: undefined },
  ];
  const order = new QueueOrder(slots, brokers);
  for (const id of [3, 1, 2, 9, 0, 5]) {
    order.add(slots.add(0, id));
    atOnce(order.runs());
  }
  assert.deepEqual([...new Set(slots.asked)].sort(), [0, 1, 2, 3, 4, 5]);
});

/** A pass that has made some slices of the order, as far as it has that many. */
function begun(
  index: QueueIndex,
  slices: number,
): { pass: Slices<readonly Run[]>; isDone: boolean } {
  const pass = index.orderInSlices();
  let isDone = false;
  for (let i = 0; i < slices && !isDone; i++) isDone = pass.next().done === true;
  return { pass, isDone };
}

test("P3 S2 passes that overtake each other at any slice lose no queue, and find each once", () => {
  const first = Array.from({ length: 2 * SLICE }, (_, topic) => queue(topic));
  const early = queue(2 * SLICE);
  const late = [
    queue(2 * SLICE + 1),
    ...Array.from({ length: SLICE }, (_, id) => queue(2 * SLICE + 2, id)),
  ];
  for (let slices = 0;; slices++) {
    for (let others = 0; others <= 3; others++) {
      const index = new QueueIndex();
      for (const mq of first) index.add(mq);
      index.order();
      index.add(early);
      const { pass, isDone } = begun(index, slices);
      if (isDone) return assert.equal(slices - 1, 6, "all of its slices");
      index.add(late[0]);
      index.order();
      for (const mq of late.slice(1)) index.add(mq);
      const other = begun(index, others);
      const found = queuesOf(index, atOnce(pass));
      assert.deepEqual(found.slice(0, 2 * SLICE + 1), [...first, early]);
      assert.deepEqual(found, [...first, early, ...late].slice(0, found.length));
      if (!other.isDone) atOnce(other.pass);
      assert.deepEqual(queuesOf(index, index.order()), [...first, early, ...late]);
    }
  }
});
