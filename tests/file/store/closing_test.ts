/** The end of a store, by examples; life_test.ts has any order of calls. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type LocalFileOffsetStore, OffsetConflictError, serialize } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL, journaled } from "../../support/journaled.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const A = queue(0);

const CALLS: Record<string, (store: LocalFileOffsetStore) => unknown> = {
  "update()": (store) => store.update(A, 1, true),
  "update by updateAndFreeze()": (store) => store.updateAndFreeze(A, 1),
  "read()": (store) => store.read(A, "memory"),
  "read by peek()": (store) => store.peek(A),
  "read by snapshot()": (store) => store.snapshot(),
  "persist()": (store) => store.persist(),
  "remove()": (store) => store.remove(A),
  "delete by deleteDurable()": (store) => store.deleteDurable(A),
};

for (const end of ["close", "abandon"] as const) {
  test(`C2 a call after ${end}() rejects with what it cannot do`, async () => {
    await using at = await StoreDirectory.make();
    const store = await at.open();
    await store[end]();
    for (const [name, call] of Object.entries(CALLS)) {
      await assert.rejects(async () => await call(store), {
        name: "OffsetStoreClosedError",
        message: `Cannot ${/^\w+/.exec(name)![0]} offsets of ${JSON.stringify(at.main)}: ` +
          "the store is closed",
      }, name);
    }
    await store.close();
    await store.abandon();
    assert.equal(store.status().closed, true);
  });
}

/** A store whose n-th call of that name, from now on, waits until it is let go. */
async function held(at: StoreDirectory, name: string, options = {}) {
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem, ...options });
  const [entered, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const hold = () => {
    faulty.before = async (call) => {
      if (call.name !== name) return;
      entered.resolve();
      await gate.promise;
    };
  };
  return { store, faulty, hold, entered: entered.promise, letGo: () => gate.resolve() };
}

test("P2 the end of an `await using` block persists", async () => {
  await using at = await StoreDirectory.make();
  {
    await using store = await at.open();
    store.update(A, 1, true);
  }
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("C2 an update before the last capture is written, and a later one is dropped", async () => {
  await using at = await StoreDirectory.make();
  const { store, hold, entered, letGo } = await held(at, "create");
  store.update(A, 1, true);
  hold();
  const closing = store.close();
  store.update(A, 2, true);
  await entered;
  store.update(A, 3, true);
  assert.equal(store.peek(A), 3n);
  letGo();
  await closing;
  assert.ok((await at.table()).equals(tableOf(2)));
});

for (const end of ["close", "abandon"] as const) {
  test(`C2 a close or an abandon after ${end}() returns its promise, during the call and after it`, async () => {
    await using at = await StoreDirectory.make();
    const store = await at.open();
    store.update(A, 1, true);
    const ending = store[end]();
    assert.equal(store.close(), ending);
    await ending;
    assert.equal(store.close(), ending);
    assert.equal(store.abandon(), ending);
  });
}

test("C2 a persist after the last capture is refused, once the store is closed", async () => {
  await using at = await StoreDirectory.make();
  const { store, hold, entered, letGo } = await held(at, "create");
  store.update(A, 1, true);
  hold();
  const settled: string[] = [];
  const note = (name: string) => () => void settled.push(name);
  const closing = store.close().then(note("close"));
  const joined = store.persist().then(note("joined"));
  await entered;
  const late = [store.persist(), store.deleteDurable(A), store.read(queue(1), "store")].map(
    (call) => assert.rejects(call, { name: "OffsetStoreClosedError" }).then(note("refused")),
  );
  await setTimeout(20);
  assert.deepEqual(settled, []);
  letGo();
  await Promise.all([closing, joined, ...late]);
  assert.deepEqual(settled.toSorted(), ["close", "joined", "refused", "refused", "refused"]);
  assert.deepEqual(settled.slice(-3), ["refused", "refused", "refused"]);
});

test("C2 C3 calls that wait for a close go on if it fails", async () => {
  await using at = await StoreDirectory.make();
  const { store, faulty, hold, entered, letGo } = await held(at, "create");
  store.update(A, 1, true);
  hold();
  faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC", once: true }];
  const closing = assert.rejects(store.close(), { name: "OffsetPersistError", code: "ENOSPC" });
  await entered;
  store.update(A, 2, true);
  const calls = [store.persist(), store.read(queue(1), "store")];
  letGo();
  await closing;
  assert.deepEqual(await Promise.all(calls), [undefined, -1n]);
  assert.ok((await at.table()).equals(tableOf(2)));
  await store.close();
});

test("C3 a store with nothing to write closes, whatever others have written", async () => {
  for (const change of ["another table", "damage", "removal", "a journal"]) {
    for (const onConflict of ["throw", "merge"] as const) {
      const text = serialize(tableOf(1, 2), { generation: 3 });
      await using at = await StoreDirectory.make({ "offset.json": text });
      const store = await at.open({ onConflict, journal: true });
      if (change === "another table") await at.write("offset.json", tableOf(7, 8));
      if (change === "damage") await at.write("offset.json", "damage");
      if (change === "removal") await rm(at.main);
      if (change === "a journal") await at.write(JOURNAL, "damage");
      const names = await at.names();
      await store.close();
      assert.deepEqual(await at.names(), names, `${change}, ${onConflict}`);
    }
  }
});

test("C3 R3 an offset that a read adopts is nothing to write", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open();
  await at.write("offset.json", tableOf(1, 7));
  assert.equal(await store.read(queue(1), "memory-then-store"), 7n);
  assert.equal(store.peek(queue(1)), 7n);
  await at.write("offset.json", tableOf(8, 9));
  await store.close();
  assert.ok((await at.table()).equals(tableOf(8, 9)));
});

test("C3 a removal, and an update that is taken back, are something to write", async () => {
  for (const change of ["removal", "update"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const store = await at.open();
    if (change === "removal") store.remove(A);
    else for (const offset of [2, 1]) store.update(A, offset, false);
    await at.write("offset.json", tableOf(7));
    await assert.rejects(store.close(), OffsetConflictError);
    await store.abandon();
  }
});

test("C3 J4 a journal that was found is nothing to write", async () => {
  await using at = await StoreDirectory.make();
  await journaled(at);
  const text = await at.text(JOURNAL);
  const store = await at.open({ journal: true });
  assert.equal(store.peek(A), 3n);
  await store.persist();
  await store.close();
  assert.equal(await at.text(JOURNAL), text);
});

test("C3 with something to write, a change of others is a conflict, and the store stays open", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open();
  store.update(A, 2, true);
  await at.write("offset.json", tableOf(7));
  await assert.rejects(store.close(), OffsetConflictError);
  assert.equal(store.peek(A), 2n);
  assert.equal(store.status().closed, false);
  await store.abandon();
  assert.ok((await at.table()).equals(tableOf(7)));
});

test("J4 after a close() that failed, persists append to the journal again", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ journal: true, fileSystem: faulty.fileSystem });
  store.update(A, 1, true);
  faulty.faults = [{ when: ({ name }) => name === "rename", code: "EIO", once: true }];
  await assert.rejects(store.close(), { name: "OffsetPersistError" });
  for (const offset of [2, 3, 4]) {
    store.update(A, offset, true);
    await store.persist();
  }
  assert.ok((await at.table()).equals(tableOf(2)), "the first wrote the snapshot");
  assert.ok((await at.names()).includes(JOURNAL));
  await store.close();
  assert.ok((await at.table()).equals(tableOf(4)));
});
