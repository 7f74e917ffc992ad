import assert from "node:assert/strict";
import { test } from "node:test";
import { applyUpdate, type MessageQueue, OffsetTable } from "../../../src/core/mod.ts";

/** Two queues that join to the same text. */
const QUEUES: readonly MessageQueue[] = [
  { topic: "ab", brokerName: "", queueId: 1 },
  { topic: "a", brokerName: "b", queueId: 1 },
];

/** Two that a double cannot tell apart, and each side of "none". */
const OFFSETS = [-2n, -1n, 0n, 2n ** 53n, 2n ** 53n + 1n];
const LONGEST = 4;

const key = (mq: MessageQueue): string => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]);

/** The clauses once more, with nothing of the code under test. */
function naive(held: ReadonlyMap<string, bigint>, mq: MessageQueue, o: bigint, up: boolean) {
  const before = held.get(key(mq));
  if (before !== undefined && up && o <= before) return held;
  return new Map(held).set(key(mq), o);
}

const UPDATES = QUEUES.flatMap((mq) =>
  OFFSETS.flatMap((offset) => [true, false].map((up) => ({ mq, offset, up })))
);

test(`U1–U5 every sequence of at most ${LONGEST} updates gives what the naive rule gives`, () => {
  let sequences = 0;
  const walk = (table: OffsetTable, held: ReadonlyMap<string, bigint>, length: number): void => {
    sequences++;
    if (table.size !== held.size || QUEUES.some((mq) => table.get(mq) !== held.get(key(mq)))) {
      assert.fail(`${[...table].map(String)} instead of ${[...held]}`);
    }
    if (length === LONGEST) return;
    for (const { mq, offset, up } of UPDATES) {
      const after = applyUpdate(table, mq, offset, up);
      // U3, and U4 for the offset that is there: the same object, exactly when nothing changes.
      const expected = naive(held, mq, offset, up);
      const unchanged = held.get(key(mq)) === expected.get(key(mq));
      if ((after === table) !== unchanged) assert.fail(`${offset} ${up}: ${unchanged}`);
      walk(after, expected, length + 1);
    }
  };
  walk(OffsetTable.empty, new Map(), 0);
  // 20 updates: 1 + 20 + 20² + 20³ + 20⁴.
  assert.equal(sequences, 168_421);
});
