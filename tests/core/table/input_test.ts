import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  applyUpdate,
  checkMessageQueue,
  type MessageQueue,
  NO_OFFSET,
  OffsetTable,
  readWithType,
  serialize,
  toOffset,
} from "../../../src/core/mod.ts";
import { quote } from "../../../src/core/table/message_queue.ts";
import {
  INT32_MAX,
  INT32_MIN,
  INT64_MAX,
  INT64_MIN,
  messageQueue,
  offset,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const MQ: MessageQueue = { topic: "t", brokerName: "b", queueId: 0 };
const HELD = OffsetTable.from([[MQ, 1n]]);

/** A wrong value, and the words of the refusal. */
type Refusal = readonly [wrong: unknown, type: typeof TypeError | typeof RangeError, says: string];

const NAMES: readonly Refusal[] = [
  [undefined, TypeError, '"undefined": it is not a string'],
  [null, TypeError, '"null": it is not a string'],
  [7, TypeError, '"7": it is not a string'],
  [7n, TypeError, '"7": it is not a string'],
  [Symbol("s"), TypeError, '"Symbol(s)": it is not a string'],
  ["\ud800", TypeError, String.raw`"\ud800": it holds a lone surrogate`],
  ["a\udc00b", TypeError, String.raw`"a\udc00b": it holds a lone surrogate`],
];

const QUEUE_IDS: readonly Refusal[] = [
  [undefined, TypeError, '"undefined": it is not a number'],
  ["0", TypeError, '"0": it is not a number'],
  [0n, TypeError, '"0": it is not a number'],
  [2 ** 31, RangeError, '"2147483648": it is not an int32'],
  [-(2 ** 31) - 1, RangeError, '"-2147483649": it is not an int32'],
  [2 ** 32, RangeError, '"4294967296": it is not an int32'],
  [0.5, RangeError, '"0.5": it is not an int32'],
  [NaN, RangeError, '"NaN": it is not an int32'],
  [Infinity, RangeError, '"Infinity": it is not an int32'],
];

const OFFSETS: readonly Refusal[] = [
  [INT64_MAX + 1n, RangeError, '"9223372036854775808": it is not an int64'],
  [INT64_MIN - 1n, RangeError, '"-9223372036854775809": it is not an int64'],
  [2n ** 64n, RangeError, '"18446744073709551616": it is not an int64'],
  [2 ** 53, RangeError, '"9007199254740992": it is not a safe integer, pass a bigint'],
  [-(2 ** 53), RangeError, '"-9007199254740992": it is not a safe integer, pass a bigint'],
  [1.5, RangeError, '"1.5": it is not a safe integer, pass a bigint'],
  [NaN, RangeError, '"NaN": it is not a safe integer, pass a bigint'],
  ["42", TypeError, '"42": it is neither a bigint nor a number'],
  [undefined, TypeError, '"undefined": it is neither a bigint nor a number'],
  [null, TypeError, '"null": it is neither a bigint nor a number'],
];

const WRONG: readonly { field: keyof MessageQueue | "offset"; refusals: readonly Refusal[] }[] = [
  { field: "topic", refusals: NAMES },
  { field: "brokerName", refusals: NAMES },
  { field: "queueId", refusals: QUEUE_IDS },
  { field: "offset", refusals: OFFSETS },
];

for (const { field, refusals } of WRONG) {
  for (const [wrong, type, says] of refusals) {
    test(`U6 update() and from() refuse ${field} ${says}`, () => {
      const mq = field === "offset" ? MQ : { ...MQ, [field]: wrong } as MessageQueue;
      const given = field === "offset" ? wrong as bigint : 2n;
      // A bare TypeError of the engine would be an instance too: name and words are compared.
      const expected = { name: type.name, message: `Cannot use ${field} ${says}` };
      for (const increaseOnly of [true, false]) {
        assert.throws(() => applyUpdate(HELD, mq, given, increaseOnly), expected);
      }
      assert.throws(() => OffsetTable.from([[MQ, 5n], [mq, given]]), expected);
      assert.deepEqual([...HELD], [[MQ, 1n]], "nothing has changed");
      if (field === "offset") assert.throws(() => toOffset(given), expected);
      else {
        assert.throws(() => checkMessageQueue(mq), expected);
        assert.throws(() => readWithType(HELD, HELD, mq, "memory"), expected);
      }
    });
  }
}

test("U6 a value that is no object is refused as a message queue", () => {
  for (const wrong of [null, undefined, 7, "orders", Symbol("s")]) {
    const mq = wrong as unknown as MessageQueue;
    const shown = typeof wrong === "string" ? JSON.stringify(wrong) : `"${String(wrong)}"`;
    const message = `Cannot use message queue ${shown}: it is not an object`;
    const expected = { name: "TypeError", message };
    assert.throws(() => checkMessageQueue(mq), expected);
    assert.throws(() => applyUpdate(HELD, mq, 2n, true), expected);
    assert.throws(() => readWithType(HELD, HELD, mq, "memory"), expected);
    assert.throws(() => OffsetTable.from([[MQ, 5n], [mq, 2n]]), expected);
  }
});

test("U6 update() names the queue first, if the offset is bad as well", () => {
  const expected = { name: "RangeError", message: 'Cannot use queueId "0.5": it is not an int32' };
  assert.throws(() => applyUpdate(HELD, { ...MQ, queueId: 0.5 }, 1.5, true), expected);
});

test("U6 the whole ranges are accepted, to their very ends", () => {
  for (const end of [INT64_MIN, INT64_MAX]) assert.equal(toOffset(end), end);
  for (const end of [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0, -0]) {
    assert.equal(toOffset(end), BigInt(end));
  }
  for (const queueId of [INT32_MIN, INT32_MAX, 0, -0]) checkMessageQueue({ ...MQ, queueId });
  for (const topic of ["", "\ud83d\ude00"]) checkMessageQueue({ ...MQ, topic });
  assert.equal(NO_OFFSET, -1n);
});

test("U6 every message queue and every int64 is accepted, exactly", () => {
  check(fc.property(messageQueue, offset, (mq, o) => {
    checkMessageQueue(mq);
    assert.equal(toOffset(o), o);
    assert.equal(applyUpdate(OffsetTable.empty, mq, o, true).get(mq), o);
  }));
});

test("U6 every safe integer becomes the bigint of the same value", () => {
  check(fc.property(fc.maxSafeInteger(), (n) => assert.equal(String(toOffset(n)), String(n))));
});

test("U6 every integer beyond int64 is refused", () => {
  check(fc.property(fc.bigInt({ min: 1n, max: 2n ** 70n }), (beyond) => {
    for (const wrong of [INT64_MAX + beyond, INT64_MIN - beyond]) {
      assert.throws(() => applyUpdate(HELD, MQ, wrong, false), RangeError);
    }
  }));
});

for (const wrong of ["json", "GO", "", "constructor", "__proto__", "toString", null, 1]) {
  test(`U6 serialize() refuses the format ${JSON.stringify(wrong)}`, () => {
    const shown = typeof wrong === "string" ? JSON.stringify(wrong) : `"${wrong}"`;
    for (const t of [OffsetTable.empty, HELD]) {
      assert.throws(() => serialize(t, { format: wrong as "go" }), {
        name: "TypeError",
        message: `Cannot use format ${shown}: it is neither "go" nor "java"`,
      });
    }
  });
}

test("U6 a message quotes a long value in part, and a path of the longest length whole", () => {
  const long = "x".repeat(4097);
  assert.equal(quote(long), `"${"x".repeat(200)}"… (4097 characters)`);
  assert.equal(quote(long.slice(1)), `"${long.slice(1)}"`);
  assert.throws(
    () => checkMessageQueue({ topic: `${long}\ud800`, brokerName: "b", queueId: 0 }),
    (error: Error) => error.message.length < 400,
  );
});

test("U6 a message quotes any value in one line, without control characters", () => {
  const values: readonly (readonly [unknown, string])[] = [
    ["\u001b[31m\n", String.raw`"\u001b[31m\n"`],
    [["\u001b[31m", '"'], String.raw`"\u001b[31m,\""`],
    [{ toString: () => "a\nb" }, String.raw`"a\nb"`],
    [-1n, '"-1"'],
    [undefined, '"undefined"'],
    [Symbol("s"), '"Symbol(s)"'],
    [{}, '"[object Object]"'],
  ];
  for (const [value, quoted] of values) assert.equal(quote(value), quoted);
});
