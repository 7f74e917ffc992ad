import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable, type ReadType, readWithType, serialize } from "../../../src/core/mod.ts";
import { memoryAnswers } from "../../../src/core/rules/read_with_type.ts";
import { anyQueue, INT64_MAX, INT64_MIN, poolTable } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const MQ = { topic: "orders", brokerName: "broker-a", queueId: 0 };
const OTHER = { ...MQ, queueId: 1 };

type Answer = "m" | "s" | "none";

/** Clause R1, copied cell by cell: where the answer comes from, by what memory holds. */
const R1: Record<ReadType, Record<"position" | "nothing" | "minus one" | "below", Answer>> = {
  "memory": { "position": "m", "nothing": "none", "minus one": "none", "below": "s" },
  "memory-then-store": { "position": "m", "nothing": "s", "minus one": "s", "below": "s" },
  "store": { "position": "s", "nothing": "s", "minus one": "s", "below": "s" },
};

const HELD: readonly (readonly [m: bigint | undefined, column: keyof typeof R1["store"]])[] = [
  [INT64_MAX, "position"],
  [2n ** 53n + 1n, "position"],
  [1n, "position"],
  [0n, "position"],
  [undefined, "nothing"],
  [-1n, "minus one"],
  [-2n, "below"],
  [-3n, "below"],
  [INT64_MIN, "below"],
];

const holding = (o: bigint | undefined): OffsetTable =>
  // The neighbour shows that no other queue's offset is ever the answer.
  OffsetTable.from(o === undefined ? [[OTHER, 77n]] : [[OTHER, 77n], [MQ, o]]);

for (const type of ["memory", "memory-then-store", "store"] as const) {
  for (const [m, column] of HELD) {
    test(`R1 read(${type}) with ${m} in memory answers as the table says, whatever is stored`, () => {
      for (const [s] of HELD) {
        const expected = { m: m ?? -1n, s: s ?? -1n, none: -1n }[R1[type][column]];
        assert.equal(readWithType(holding(m), holding(s), MQ, type), expected, `s = ${s}`);
      }
    });
  }
}

test("R1 the table has no hole: 3 types, 9 offsets in memory, 9 in the store", () => {
  assert.equal(Object.keys(R1).length * HELD.length * HELD.length, 243);
});

test("R1 read(store) is what the store holds, and nothing else", () => {
  check(fc.property(poolTable, poolTable, anyQueue, (memory, stored, mq) => {
    assert.equal(readWithType(memory, stored, mq, "store"), stored.get(mq) ?? -1n);
    assert.equal(readWithType(OffsetTable.empty, stored, mq, "memory"), -1n);
  }));
});

test("R2 memory answers exactly where the store is not asked", () => {
  for (const type of ["memory", "memory-then-store", "store"] as const) {
    for (const [m, column] of HELD) assert.equal(memoryAnswers(m, type), R1[type][column] !== "s");
  }
});

test("R3 a read changes neither table", () => {
  const types = fc.constantFrom<ReadType>("memory", "memory-then-store", "store");
  check(fc.property(poolTable, poolTable, anyQueue, types, (memory, stored, mq, type) => {
    const before = [serialize(memory), serialize(stored)];
    readWithType(memory, stored, mq, type);
    assert.deepEqual([serialize(memory), serialize(stored)], before);
  }));
});

for (const wrong of ["MEMORY", "", "__proto__", undefined, 0]) {
  test(`R1 read() refuses the type ${JSON.stringify(wrong) ?? "undefined"}`, () => {
    const shown = typeof wrong === "string" ? JSON.stringify(wrong) : `"${wrong}"`;
    assert.throws(() => readWithType(holding(1n), holding(1n), MQ, wrong as ReadType), {
      name: "TypeError",
      message: `Cannot read with type ${shown}: ` +
        'it is none of "memory", "store", "memory-then-store"',
    });
  });
}
