/** Answers that are there at once, and those that must be waited for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { andThen, isLater, orElse } from "../../../src/file/fs/maybe_promise.ts";

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

test("P4 an error, now or later, is dealt with once, and an answer is left alone", async () => {
  const failed = (error: unknown) => (error as Error).message;
  assert.equal(orElse(() => 1, failed), 1);
  assert.equal(await orElse(() => Promise.resolve(1), failed), 1);
  const now = () => {
    throw new Error("now");
  };
  assert.equal(orElse(now, failed), "now");
  assert.equal(await orElse(() => Promise.reject(new Error("later")), failed), "later");
  const thenable = { then: (_: unknown, fail: (error: Error) => unknown) => fail(new Error("x")) };
  assert.equal(orElse(() => thenable as unknown as Promise<void>, failed), "x");
  const again = () => {
    throw new Error("again");
  };
  assert.throws(() => orElse(now, again), /again/);
  await assert.rejects(async () => await orElse(() => Promise.reject(), again), /again/);
});
