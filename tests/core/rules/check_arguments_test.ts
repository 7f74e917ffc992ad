/** The arguments of a store's methods that have checks of their own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MessageQueue } from "../../../src/core/mod.ts";
import { checkIncreaseOnly, checkQueues } from "../../../src/core/rules/check_arguments.ts";
import { messageQueue } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

/** Each with its name in messages. */
const NO_BOOLEANS: readonly (readonly [wrong: unknown, shown: string])[] = [
  [undefined, '"undefined"'],
  [null, '"null"'],
  [1, '"1"'],
  ["true", '"true"'],
];

test("U6 increaseOnly is true or false", () => {
  for (const increaseOnly of [true, false]) checkIncreaseOnly(increaseOnly);
  for (const [wrong, shown] of NO_BOOLEANS) {
    assert.throws(() => checkIncreaseOnly(wrong as boolean), {
      name: "TypeError",
      message: `Cannot use increaseOnly ${shown}: it is not a boolean; pass true to ignore an ` +
        "offset that is not greater, false to set it anyway",
    });
  }
});

test("U6 every list of queues may be persisted, an empty one and no list too", () => {
  checkQueues(undefined);
  check(fc.property(fc.array(messageQueue), (mqs) => checkQueues(mqs)));
});

test("U6 a value that is not a list of queues is refused", () => {
  const mq: MessageQueue = { topic: "t", brokerName: "b", queueId: 0 };
  const values: readonly (readonly [wrong: unknown, shown: string])[] = [
    [null, '"null"'],
    [mq, '"[object Object]"'],
    ["t", '"t"'],
    [new Set([mq]), '"[object Set]"'],
  ];
  for (const [wrong, shown] of values) {
    assert.throws(() => checkQueues(wrong as MessageQueue[]), {
      name: "TypeError",
      message: `Cannot persist queues ${shown}: they are not an array; ` +
        "pass an array of queues, or nothing for all",
    });
  }
});

test("U6 a list is refused for any of its elements that is not a queue", () => {
  const wrong = { topic: "t", brokerName: "b", queueId: 0.5 };
  check(fc.property(fc.array(messageQueue), fc.nat(), (mqs, at) => {
    const all = mqs.toSpliced(at % (mqs.length + 1), 0, wrong);
    assert.throws(() => checkQueues(all), {
      name: "RangeError",
      message: 'Cannot use queueId "0.5": it is not an int32',
    });
  }));
});
