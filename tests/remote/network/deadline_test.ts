import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadline, DeadlineReached } from "../../../src/remote/network/deadline.ts";

const never = new Promise<never>(() => {});

test("deadline: the time ends what waits for it, and a signal does before that", async () => {
  const short = new Deadline(10);
  await assert.rejects(short.within(never), DeadlineReached);
  assert.throws(() => short.check(), DeadlineReached);
  assert.equal(short.remainingMs, 0);
  await assert.rejects(short.sleep(1e6), DeadlineReached);

  const controller = new AbortController();
  const long = new Deadline(1e6, [new AbortController().signal, controller.signal]);
  assert.ok(long.remainingMs > 0);
  long.check();
  assert.equal(await long.within(Promise.resolve(1)), 1);
  await long.sleep(1);
  const waiting = [long.within(never), long.unlessAborted(never), long.sleep(1e6)];
  const reason = new Error("enough");
  controller.abort(reason);
  for (const each of waiting) await assert.rejects(each, reason);
  assert.throws(() => long.check(), reason);
});

test("deadline: a signal that is aborted already ends a call at its beginning", async () => {
  const reason = new Error("too late");
  const deadline = new Deadline(1e6, [AbortSignal.abort(reason)]);
  assert.throws(() => deadline.check(), reason);
  await assert.rejects(deadline.unlessAborted(never), reason);
});

test("deadline: the time does not end what waits for a signal only", async () => {
  const deadline = new Deadline(1);
  const waiting = deadline.unlessAborted(new Promise((resolve) => setTimeout(resolve, 30, "done")));
  await assert.rejects(deadline.within(never), DeadlineReached);
  assert.equal(await waiting, "done");
});

test("deadline: it leaves nothing at the signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove.apply(signal, args);
  };
  const deadline = new Deadline(1e6, [signal]);
  assert.equal(listeners, 1);
  await deadline.within(Promise.resolve());
  deadline.end();
  assert.equal(listeners, 0);
});
