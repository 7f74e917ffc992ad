/** A store that is abandoned: what becomes of the commit that is under way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { OffsetPersistError, type OpenOptions } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const A = queue(0);

test("C3 at each call of a persist, a store can be abandoned: its waiters hear how far it came", async () => {
  const told = { previous: 0, either: 0, done: 0 };
  for (const options of [{}, { onConflict: "merge" }, { journal: true }] as OpenOptions[]) {
    for (let number = 0;; number++) {
      await using at = await StoreDirectory.make();
      const faulty = new FaultyFileSystem();
      const store = await at.open({ fileSystem: faulty.fileSystem, ...options });
      store.update(A, 1, true);
      await store.persist();
      store.update(A, 2, true);
      let calls = 0;
      let abandoning: Promise<void> | undefined;
      faulty.before = () => {
        if (calls++ === number) abandoning ??= store.abandon();
      };
      const [persisted] = await Promise.allSettled([store.persist()]);
      if (abandoning === undefined) break;
      await abandoning;
      assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
      const names = await at.names();
      assert.ok(!names.some((name) => /\.lock$|(?<!\.bak)\.tmp$/.test(name)), `${names}`);
      const { snapshot } = await at.open().then((each) => ({ snapshot: each.snapshot() }));
      if (persisted.status === "fulfilled") {
        told.done++;
        assert.ok(snapshot.equals(tableOf(2)));
        continue;
      }
      const { reason } = persisted;
      assert.ok(reason instanceof OffsetPersistError, `${reason}`);
      assert.match(reason.message, /the store was abandoned/);
      told[reason.onDisk]++;
      if (reason.onDisk === "previous") assert.ok(snapshot.equals(tableOf(1)));
      else assert.ok(snapshot.equals(tableOf(1)) || snapshot.equals(tableOf(2)));
    }
  }
  assert.ok(told.previous > 10 && told.either > 2 && told.done > 2, JSON.stringify(told));
});

test("C3 C5 a persist of the timer that stops since the store is abandoned is no failure", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const heard: string[] = [];
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    persistEveryMs: 1,
    onDiagnostic: ({ kind }) => heard.push(kind),
  });
  const gate = Promise.withResolvers<void>();
  let isHeldUp = false;
  faulty.before = async ({ name }) => {
    if (name !== "create") return;
    isHeldUp = true;
    await gate.promise;
  };
  store.update(A, 1, true);
  // The timer does not keep the process alive.
  while (!isHeldUp) await setTimeout(1);
  const abandoned = store.abandon();
  gate.resolve();
  await abandoned;
  await setTimeout(5);
  assert.deepEqual(heard, []);
  assert.ok(store.status().lastError instanceof OffsetPersistError, "it has stopped");
});

test("C3 an idle store that is abandoned writes nothing, and its journal stays as it is", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ journal: true, fileSystem: faulty.fileSystem });
  for (const offset of [1, 2]) {
    store.update(A, offset, true);
    await store.persist();
  }
  store.update(A, 3, true);
  assert.equal(faulty.open.length, 1);
  faulty.take();
  await store.abandon();
  assert.deepEqual(faulty.take(), ["close"]);
  assert.equal((await at.open()).peek(A), 2n);
});

test("C3 a close that is under way rejects when the store is abandoned", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(A, 1, true);
  let abandoning: Promise<void> | undefined;
  faulty.before = ({ name }) => void (name === "sync" && (abandoning ??= store.abandon()));
  await assert.rejects(store.close(), { name: "OffsetPersistError", onDisk: "previous" });
  assert.equal(store.abandon(), abandoning);
  await abandoning;
  assert.deepEqual(await at.names(), []);
});

test("C1 C3 the timer of a store that has ended ticks no more", async () => {
  for (const end of ["close", "abandon"] as const) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const faulty = new FaultyFileSystem();
    const store = await at.open({ persistEveryMs: 1, fileSystem: faulty.fileSystem });
    while (!faulty.calls.includes("stat")) await setTimeout(5);
    await store[end]();
    faulty.take();
    await setTimeout(30);
    assert.deepEqual(faulty.take(), []);
  }
});

test("C3 the timer goes on after a close that failed", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ persistEveryMs: 1, fileSystem: faulty.fileSystem });
  store.update(A, 1, true);
  faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC", once: true }];
  await assert.rejects(store.close(), { code: "ENOSPC" });
  while (store.status().lastSuccess === undefined) await setTimeout(5);
  assert.ok((await at.table()).equals(tableOf(1)));
});
