import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serialize } from "../../../src/core/mod.ts";
import {
  EDGE_NAMES,
  EDGE_OFFSETS,
  INT32_MAX,
  INT32_MIN,
  INT64_MAX,
  INT64_MIN,
  messageQueue,
  name,
  offset,
  POOL,
  queueId,
  table,
  updates,
} from "../../../scripts/lib/arbitraries.ts";
import { check, SEED } from "../../support/check.ts";

/** Enough that missing a class is no matter of luck, whatever the seed. */
const draws = <T>(arbitrary: fc.Arbitrary<T>, numRuns = 3000): T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns });

test("generators: every offset around 2^53, around 0 and at the ends of int64 is drawn", () => {
  const drawn = new Set(draws(offset));
  for (const near of [-2n, -1n, 0n, 1n, 2n]) {
    for (const centre of [2n ** 53n, -(2n ** 53n), 0n]) assert.ok(drawn.has(centre + near));
  }
  for (const end of [INT64_MIN, INT64_MIN + 1n, INT64_MAX, INT64_MAX - 1n]) {
    assert.ok(drawn.has(end), `${end}`);
  }
  assert.equal(EDGE_OFFSETS.length, 21);
  assert.ok(drawn.size > 500, "and many others");
});

test("generators: every special name, a very long one and an emoji are drawn, all well-formed", () => {
  const drawn = draws(name);
  const set = new Set(drawn);
  for (const special of EDGE_NAMES) assert.ok(set.has(special), JSON.stringify(special));
  for (const special of ["", "__proto__", "constructor", "0", "1"]) assert.ok(set.has(special));
  assert.ok(drawn.filter((each) => EDGE_NAMES.includes(each)).length > drawn.length / 3);
  assert.ok(drawn.some((each) => each.length > 4096));
  assert.ok(drawn.some((each) => /\p{Emoji_Presentation}./u.test(each)));
  // deno-lint-ignore no-control-regex
  for (const char of [/"/, /\\/, /[\0-\x1f]/, /</, />/, /&/, /\u2028/]) {
    assert.ok(drawn.some((each) => each.length > 1 && char.test(each)), String(char));
  }
  assert.ok(drawn.every((each) => each.isWellFormed()));
});

test("generators: queue ids reach both ends of int32, and every queue mixes all of this", () => {
  const ids = new Set(draws(queueId));
  for (const id of [0, 1, -1, INT32_MIN, INT32_MAX]) assert.ok(ids.has(id), `${id}`);
  const queues = draws(messageQueue);
  assert.ok(queues.some((mq) => mq.topic === "__proto__" && mq.brokerName !== "__proto__"));
  assert.ok(queues.some((mq) => mq.topic !== "" && mq.brokerName === ""));
});

test("generators: sequences meet a queue again, raise and lower it, and tables vary in size", () => {
  const sequences = draws(updates, 500);
  const met = new Set(sequences.flat().map(({ mq }) => JSON.stringify(mq)));
  assert.deepEqual(met, new Set(POOL.map((mq) => JSON.stringify(mq))));
  assert.ok(sequences.some((each) => each.length > 2 * POOL.length));
  assert.ok(sequences.some((each) => each.length === 0));
});

test("generators: tables are empty, small, and as text longer than several 4096-byte blocks", () => {
  const tables = draws(table, 500);
  assert.ok(tables.some((each) => each.size >= 200));
  const lengths = tables.map((each) => new TextEncoder().encode(serialize(each)).length);
  assert.ok(lengths.includes('{"offsetTable":{}}'.length));
  assert.ok(lengths.some((length) => length > 18 && length < 4096));
  assert.ok(lengths.filter((length) => length > 3 * 4096).length > 10);
});

test("generators: a failing property tells its seed and path, and fails again with that seed", () => {
  const failing = () => check(fc.property(offset, (o) => assert.ok(o < 2n ** 53n)));
  const messages = [1, 2].map(() => {
    try {
      failing();
      return "it did not fail";
    } catch (error) {
      return (error as Error).message;
    }
  });
  assert.match(messages[0], new RegExp(`seed: ${SEED}, path: "\\d`));
  assert.equal(messages[0], messages[1]);
});
