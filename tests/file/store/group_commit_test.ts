/** How any number of callers share a commit. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { GroupCommit } from "../../../src/file/store/group_commit.ts";
import { check, inProportion } from "../../support/check.ts";

test("P5 at most one runs and one waits, and each caller's changes are in what he waited for", async () => {
  // Each number is how many turns pass before the next caller comes, or the commit takes or ends.
  const turns = fc.array(fc.nat(6), { minLength: 1, maxLength: 12 });
  await check(fc.asyncProperty(turns, turns, turns, async (arrivals, delays, durations) => {
    let [changes, durable, running, commits] = [0, 0, 0, 0];
    const pass = async (all: readonly number[]) => {
      for (let n = all[commits % all.length]; n > 0; n--) await Promise.resolve();
    };
    const group = new GroupCommit(async (haveTaken) => {
      assert.equal(++running, 1);
      await pass(delays);
      const taken = changes;
      haveTaken();
      await pass(durations);
      const fails = commits++ % 3 === 2;
      running--;
      if (fails) throw new Error("this commit fails");
      durable = Math.max(durable, taken);
    });
    const callers: Promise<void>[] = [];
    for (const arrival of arrivals) {
      const mine = ++changes;
      callers.push(
        group.run().then(
          () => assert.ok(durable >= mine, `${durable} < ${mine}`),
          (error) => assert.equal(error.message, "this commit fails"),
        ),
      );
      for (let n = arrival; n > 0; n--) await Promise.resolve();
    }
    await Promise.all(callers);
    assert.ok(commits <= arrivals.length);
  }));
});

test("P5 a caller while none is running starts one in this turn, the first time and later", async () => {
  let begun = 0;
  const group = new GroupCommit(async () => void begun++);
  for (const count of [1, 2, 3]) {
    const done = group.run();
    assert.equal(begun, count - 1, "not before all callers of this turn have called");
    await undefined;
    assert.equal(begun, count);
    await done;
  }
});

test("P5 a commit that is done at once includes all callers of the same turn, and no later one", async () => {
  let [changes, taken] = [0, 0];
  const commits: number[] = [];
  const group = new GroupCommit(async (haveTaken) => {
    haveTaken();
    taken = changes;
    commits.push(taken);
    if (taken === 6) throw new Error("this commit fails");
  });
  const ask = async () => {
    const mine = ++changes;
    await group.run();
    assert.ok(taken >= mine);
  };
  await Promise.all([ask(), ask(), ask()]);
  const asking = [ask(), ask()];
  await undefined;
  asking.push(ask());
  await assert.rejects(Promise.all(asking), /this commit fails/);
  await ask();
  assert.deepEqual(commits, [3, 5, 6, 7]);
});

test("P5 all callers before the changes are taken share one commit, each time", async () => {
  let begun = 0;
  const group = new GroupCommit(async (haveTaken) => {
    begun++;
    await setImmediate();
    haveTaken();
    await setImmediate();
  });
  for (const count of [1, 2, 3]) {
    await Promise.all([group.run(), group.run(), group.run()]);
    assert.equal(begun, count);
  }
});

test("P4 P5 a commit that fails, its changes taken or not, is over: the next one is another", async () => {
  for (const takes of [true, false]) {
    let commits = 0;
    const group = new GroupCommit(async (haveTaken) => {
      if (takes) haveTaken();
      await setImmediate();
      if (++commits === 1) throw new Error("the first fails");
    });
    await assert.rejects(group.run(), /the first fails/);
    await group.run();
    assert.equal(commits, 2);
  }
});

test("P5 callers join a commit until it has captured its changes, and then the next one", async () => {
  const steps = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  let at = 0;
  const group = new GroupCommit(async (captured) => {
    await steps[at++].promise;
    captured();
    await steps[at++].promise;
  });
  const go = async (step: number) => {
    steps[step].resolve();
    for (let turns = 0; turns < 5; turns++) await undefined;
  };
  assert.equal(group.isOpen, false, "idle");
  const first = group.run();
  assert.equal(group.isOpen, true, "collecting");
  assert.equal(group.run(), first);
  await go(0);
  assert.equal(group.isOpen, false, "captured");
  const second = group.run();
  assert.notEqual(second, first);
  assert.equal(group.isOpen, true, "queued");
  assert.equal(group.run(), second);
  await go(1);
  await first;
  assert.equal(group.isOpen, true, "collecting");
  await go(2);
  assert.equal(group.isOpen, false, "captured");
  await go(3);
  await second;
  assert.equal(group.isOpen, false, "idle");
});

test("P5 a commit that captures again, as one that starts anew, leaves the waiting commit alone", async () => {
  const gate = Promise.withResolvers<void>();
  let commits = 0;
  const group = new GroupCommit(async (captured) => {
    commits++;
    captured();
    await gate.promise;
    captured();
    await setImmediate();
  });
  const first = group.run();
  await undefined;
  const idle = group.idle().then(() => commits);
  const second = group.run();
  gate.resolve();
  await undefined;
  assert.equal(group.isOpen, true);
  assert.equal(group.run(), second);
  await Promise.all([first, second]);
  assert.equal(await idle, 2, "it waits for a commit that comes meanwhile, too");
});

test("P5 C3 idle() resolves once nothing runs and nothing waits, whatever has failed", async () => {
  const turns = fc.array(fc.nat(6), { minLength: 1, maxLength: 8 });
  await check(fc.asyncProperty(turns, turns, async (arrivals, delays) => {
    let [running, commits] = [0, 0];
    const pass = async (turns: number) => {
      for (; turns > 0; turns--) await undefined;
    };
    const group = new GroupCommit(async (captured) => {
      running++;
      const delay = delays[commits++ % delays.length];
      await pass(delay);
      if (delay % 2 === 0) captured();
      await pass(delay);
      running--;
      if (delay > 3) throw new Error("this commit fails");
    });
    let pending = 0;
    for (const arrival of arrivals) {
      pending++;
      void group.run().catch(() => {}).then(() => pending--);
      await pass(arrival);
    }
    await group.idle();
    assert.deepEqual([running, group.isOpen], [0, false]);
    const begun = commits;
    await pass(10);
    assert.deepEqual([commits, pending], [begun, 0]);
  }));
});

test("C4 an action alone runs between commits, in the order of the calls, whatever fails", async () => {
  const call = fc.record({
    alone: fc.boolean(),
    turns: fc.nat(6),
    takes: fc.nat(8),
    fails: fc.boolean(),
  });
  let [actions, joined] = [0, 0];
  await check(fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), async (calls) => {
    let running = 0;
    const order: (number | "commit")[] = [];
    const pass = async (turns: number) => {
      for (; turns > 0; turns--) await undefined;
    };
    const work = async (name: number | "commit", captured: () => void) => {
      assert.equal(++running, 1);
      const { takes, fails } = calls[order.push(name) - 1];
      await pass(takes);
      captured();
      await pass(takes);
      running--;
      if (fails) throw new Error("it fails");
    };
    const group = new GroupCommit((captured) => work("commit", captured));
    const expected = new Map<Promise<void>, number | "commit">();
    for (const [number, { alone, turns }] of calls.entries()) {
      const promise = alone ? group.alone(() => work(number, () => {})) : group.run();
      if (alone) assert.ok(!expected.has(promise) && !group.isOpen, "nobody joins it");
      if (expected.has(promise)) joined++;
      actions += Number(alone);
      expected.set(promise, alone ? number : "commit");
      promise.catch(() => {});
      await pass(turns);
    }
    await Promise.allSettled(expected.keys());
    assert.deepEqual(order, [...expected.values()]);
    assert.deepEqual([running, group.isOpen], [0, false]);
    await group.idle();
  }));
  assert.ok(
    actions > inProportion(50) && joined > inProportion(50),
    `${actions} actions, ${joined} callers joined`,
  );
});

test("C4 a caller who always persists again does not keep an action waiting", async () => {
  let commits = 0;
  const group = new GroupCommit(async () => {
    commits++;
    await setImmediate();
  });
  let done = false;
  const loop = (async () => {
    while (!done) await group.run();
  })();
  await setImmediate();
  const before = commits;
  await group.alone(() => Promise.resolve());
  done = true;
  await loop;
  assert.ok(commits - before <= 2, `${commits - before} commits came first`);
});
