/** Persists of a store that overlap. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

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

test("P5 a waiting persist is not failed by the one before", async () => {
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

test("P5 a persist before the changes are taken is in the write that is running", async () => {
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
