import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { GroupCommit } from "../../../src/file/store/group_commit.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

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

test("P5 persists that overlap share a write, and resolve when their own offsets are in the file", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  const entered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  faulty.before = async (call) => {
    if (call.name !== "write") return;
    entered.resolve();
    await gate.promise;
  };
  store.update(queue(0), 1, true);
  const first = store.persist();
  await entered.promise;
  const others = [2, 3, 4].map((n) => {
    store.update(queue(0), n, true);
    return store.persist().then(() => at.table());
  });
  gate.resolve();
  await first;
  for (const [i, table] of (await Promise.all(others)).entries()) {
    assert.ok(table.get(queue(0))! >= BigInt(i + 2));
  }
  assert.ok((await at.table()).equals(tableOf(4)));
  assert.equal(store.status().generationsWritten, 2);
});

test("P5 who waits is not failed by the one before", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  faulty.faults = [{ when: ({ name }) => name === "sync", code: "EIO", once: true }];
  store.update(queue(0), 1, true);
  const first = store.persist();
  let second: Promise<void> | undefined;
  faulty.before = ({ name }) => void (name === "sync" && (second ??= store.persist()));
  await assert.rejects(first);
  await second;
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("P5 who asks before the changes are taken is in the write that is running", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  for (const round of [1, 2]) {
    faulty.take();
    const persists = [0, 1, 2].map((id) => {
      store.update(queue(id), round, true);
      return store.persist();
    });
    await Promise.all(persists);
    assert.equal(faulty.take().filter((name) => name === "write").length, 1);
    assert.equal(store.status().dirtyQueues, 0);
  }
  assert.equal(store.status().generationsWritten, 2);
});

test("P5 J4 a close that comes while a persist is running writes a plain file", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open({ journal: true });
  for (const offset of [1, 2]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  store.update(queue(0), 3, true);
  await Promise.all([store.persist(), store.close()]);
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  assert.ok((await at.table()).equals(tableOf(3)));
});

test("P5 who asks while none is running starts one in this turn, the first time and later", async () => {
  let begun = 0;
  const group = new GroupCommit(async () => void begun++);
  for (const count of [1, 2, 3]) {
    const done = group.run();
    assert.equal(begun, count - 1, "not before those who ask in this turn have asked");
    await undefined;
    assert.equal(begun, count);
    await done;
  }
});

test("P5 a commit that is done at once includes all who ask in the same turn, and no later one", async () => {
  let [changes, taken] = [0, 0];
  const commits: number[] = [];
  const group = new GroupCommit((haveTaken) => {
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

test("P5 all who ask before the changes are taken share one commit, each time", async () => {
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
