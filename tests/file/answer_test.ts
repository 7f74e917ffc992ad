/** Answers that are there at once, and those that must be waited for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { andThen, isLater } from "../../src/file/answer.ts";

test("P1 whatever has a `then` must be waited for, and nothing else", () => {
  const thenable = { then: () => {} } as unknown as Promise<void>;
  for (const answer of [Promise.resolve(), new Promise<void>(() => {}), thenable]) {
    assert.ok(isLater(answer));
  }
  for (const answer of [undefined, null, 0, 1, "then", {}, { then: 1 }, []]) {
    assert.ok(!isLater(answer));
  }
});

test("P1 what is there is gone on with at once, and its error is thrown", () => {
  assert.equal(andThen(1, (value) => value + 1), 2);
  const broken = () => {
    throw new Error("broken");
  };
  assert.throws(() => andThen(1, broken), /broken/);
});

test("P1 what comes later is gone on with then, and its error too is an error", async () => {
  const answer = andThen(Promise.resolve(1), (value) => value + 1);
  assert.ok(isLater(answer));
  assert.equal(await answer, 2);
  assert.equal(await andThen(1, (value) => Promise.resolve(value + 1)), 2);
  const failed: Promise<number> = Promise.reject(new Error("before"));
  await assert.rejects(async () => await andThen(failed, (value) => value + 1), /before/);
});
