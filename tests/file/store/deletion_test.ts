/** Deletions that meet reads, updates and other deletions half-way. */
import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { test } from "node:test";
import { type LocalFileOffsetStore, OffsetTable } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const [A, B] = [queue(0), queue(1)];

/** A store with A at 1 and B at 2, and a gate before its next call of that name. */
async function gated(at: StoreDirectory, name: string, options = {}) {
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem, ...options });
  const [entered, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let calls = 0;
  faulty.before = async (call) => {
    if (call.name !== name || calls++ > 0) return;
    entered.resolve();
    await gate.promise;
  };
  return { store, faulty, entered: entered.promise, open: () => gate.resolve() };
}

test("D2 a read that comes while a queue is being deleted does not bring it back", async () => {
  // Before the deletion has computed what to write, and after.
  for (const name of ["stat", "create"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
    const { store, entered, open } = await gated(at, name);
    const deletion = store.deleteDurable(B);
    await entered;
    assert.equal(await store.read(B, "memory-then-store"), 2n);
    assert.equal(store.peek(B), -1n);
    open();
    await deletion;
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(1)));
    assert.equal(await store.read(B, "memory-then-store"), -1n);
  }
});

test("D2 a read that a whole deletion overtakes does not bring the queue back", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  // The read has seen the queue in the file by then, and only syncs what it saw.
  const { store, entered, open } = await gated(at, "syncFile");
  // Another file: the time of one that is rewritten at once may be the same.
  await at.write("new", tableOf(1, 2));
  await rename(at.path("new"), at.main);
  store.remove(B);
  const read = store.read(B, "memory-then-store");
  await entered;
  await store.deleteDurable(B);
  open();
  assert.equal(await read, 2n);
  assert.equal(store.peek(B), -1n);
});

test("D2 a read that begins during a deletion and ends after it does not bring it back", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const { store, faulty, entered, open } = await gated(at, "create", { onConflict: "merge" });
  const deletion = store.deleteDurable(B);
  await entered;
  await at.write("offset.json", OffsetTable.from([[A, 1], [B, 77]]));
  const [seen, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let syncs = 0;
  faulty.before = async ({ name }) => {
    // The deletion reads what has changed, too.
    if (name !== "syncFile" || syncs++ > 0) return;
    seen.resolve();
    await held.promise;
  };
  const read = store.read(B, "memory-then-store");
  await seen.promise;
  open();
  await deletion;
  held.resolve();
  assert.equal(await read, 77n);
  assert.equal(store.peek(B), -1n);
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("D2 a read after a deletion adopts again what the file holds", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const store = await at.open();
  await store.deleteDurable(A);
  store.remove(B);
  assert.equal(await store.read(B, "memory-then-store"), 2n);
  assert.equal(store.peek(B), 2n);
});

test("D2 an update that comes during the deletion is kept, in memory and by the next persist", async () => {
  for (const name of ["stat", "create"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
    const { store, entered, open } = await gated(at, name);
    const deletion = store.deleteDurable(B);
    await entered;
    store.update(B, 1, true);
    open();
    await deletion;
    assert.equal(store.peek(B), 1n);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(1, 1)));
  }
});

/** Deletes a queue twice, the second time when the first has been captured; answers what became of it. */
async function deleteTwice(store: LocalFileOffsetStore, faulty: FaultyFileSystem) {
  let second: Promise<void> | undefined;
  faulty.before = async ({ name }) => {
    if (name === "create") second ??= store.deleteDurable(B);
  };
  const [first] = await Promise.allSettled([store.deleteDurable(B)]);
  return [first.status, (await Promise.allSettled([second]))[0].status];
}

test("D2 a queue is as it was before two deletions that both fail", async () => {
  for (const isLater of [true, false]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
    const { store, faulty } = await gated(at, "none");
    store.updateAndFreeze(B, 1);
    faulty.faults = [{ when: ({ name }) => name === "create", code: "EROFS" }];
    if (isLater) assert.deepEqual(await deleteTwice(store, faulty), ["rejected", "rejected"]);
    else {
      const both = await Promise.allSettled([store.deleteDurable(B), store.deleteDurable(B)]);
      assert.deepEqual(both.map(({ status }) => status), ["rejected", "rejected"]);
    }
    store.update(B, 9, true);
    assert.equal(store.peek(B), 1n, "it is frozen still");
    faulty.faults = [];
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(1, 1)));
  }
});

test("D2 the second of two deletions of a queue holds if the first fails", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const { store, faulty } = await gated(at, "none");
  faulty.faults = [{ when: ({ name }) => name === "create", code: "EROFS", once: true }];
  assert.deepEqual(await deleteTwice(store, faulty), ["rejected", "fulfilled"]);
  assert.equal(store.peek(B), -1n);
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("D2 D1 a queue that comes again after a deletion is as any other, and so is one that stayed", async () => {
  for (const code of [undefined, "EROFS"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
    const { store, faulty } = await gated(at, "none");
    if (code !== undefined) {
      faulty.faults = [{ when: ({ name }) => name === "create", code, once: true }];
    }
    await store.deleteDurable(B).catch(() => {});
    store.update(B, 7, true);
    await store.persist();
    // A removal from memory leaves the file as it is.
    store.remove(B);
    store.update(A, 3, true);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(3, 7)));
    assert.equal(await store.read(B, "memory-then-store"), 7n);
    assert.equal(store.peek(B), 7n);
  }
});
