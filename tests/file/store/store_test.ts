import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetStoreClosedError, OffsetTable } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const [A, B] = [queue(0), queue(1)];

test("U1 U2 U3 U4 updates of the store are those of the core", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  store.update(A, -5, true);
  assert.equal(store.peek(A), -5n);
  store.update(A, 7, true);
  store.update(A, 6, true);
  assert.equal(store.peek(A), 7n);
  store.update(A, 6n, false);
  assert.equal(store.peek(A), 6n);
  assert.equal(store.peek(B), -1n);
});

test("U6 bad input is refused before anything changes", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  assert.throws(() => store.update(queue(1.5), 1, true), RangeError);
  assert.throws(() => store.update(A, 2n ** 63n, true), RangeError);
  assert.throws(() => store.updateAndFreeze(A, 0.5), RangeError);
  assert.throws(() => store.remove({ ...A, topic: "\ud800" }), TypeError);
  assert.throws(() => store.peek({ ...A, brokerName: 5 as unknown as string }), TypeError);
  await assert.rejects(store.read(A, "disk" as "store"), TypeError);
  await assert.rejects(store.read(queue(1.5), "memory"), RangeError);
  assert.throws(() => store.updateAndFreeze({ ...A, topic: "\udfff" }, 1), TypeError);
  await assert.rejects(store.deleteDurable(queue(NaN)), RangeError);
  for (const none of [null, undefined, "orders", 7]) {
    const message = `Cannot use message queue ${JSON.stringify(String(none))}: it is not an object`;
    const refused = { name: "TypeError", message };
    assert.throws(() => store.update(none as unknown as typeof A, 1, true), refused);
  }
  assert.equal(store.snapshot().size, 0);
});

test("U7 a frozen offset ignores every update until it is removed", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(10) });
  const store = await at.open();
  store.updateAndFreeze(A, 3);
  store.update(A, 99, true);
  store.update(A, 99, false);
  assert.equal(store.peek(A), 3n);
  store.updateAndFreeze(A, 4);
  assert.equal(store.peek(A), 4n);
  store.remove(A);
  store.update(A, 5, true);
  assert.equal(store.peek(A), 5n);
});

test("R1 R2 a read that memory answers costs no I/O", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  faulty.take();
  store.update(A, 5, true);
  assert.equal(await store.read(A, "memory"), 5n);
  assert.equal(await store.read(A, "memory-then-store"), 5n);
  assert.equal(await store.read(B, "memory"), -1n);
  assert.deepEqual(faulty.take(), []);
  assert.equal(await store.read(A, "store"), 1n);
  assert.deepEqual(faulty.take(), ["stat", "stat"]);
});

test("R1 a read from the store answers what the file says, and nothing else (G11)", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  store.update(A, 5, true);
  assert.equal(await store.read(A, "store"), -1n);
  await store.persist();
  await at.write("offset.json", tableOf(2, 3));
  assert.equal(await store.read(A, "store"), 2n);
  assert.equal(await store.read(B, "memory-then-store"), 3n);
});

test("R1 L5 a read from the store that cannot look at the file is an error", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  faulty.faults = [{ when: ({ name }) => name === "stat", code: "EACCES", once: true }];
  await assert.rejects(store.read(A, "store"), {
    name: "OffsetLoadError",
    code: "EACCES",
    path: at.main,
  });
  assert.equal(await store.read(A, "store"), 1n);
});

test("R3 a read from the store changes nothing that memory holds, and adopts what it lacks", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2, 3) });
  const store = await at.open();
  store.update(A, 9, true);
  store.remove(B);
  assert.equal(await store.read(A, "store"), 1n);
  assert.equal(await store.read(B, "store"), 2n);
  assert.ok(store.snapshot().equals(tableOf(9, 2, 3)));
  store.update(B, 4, true);
  assert.equal(store.peek(B), 4n, "what is adopted is not frozen");
});

test("D1 remove forgets in memory only: the durable offset survives persist, and is found", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const store = await at.open();
  store.update(A, 9, true);
  store.remove(A);
  assert.equal(store.peek(A), -1n);
  store.update(B, 5, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1, 5)));
  assert.equal(await store.read(A, "memory-then-store"), 1n);
});

test("D2 deleteDurable() takes a queue out of memory and out of the file", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const store = await at.open();
  await store.deleteDurable(B);
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.equal(await store.read(B, "memory-then-store"), -1n);
  // An update that comes after the call counts.
  const deletion = store.deleteDurable(A);
  store.update(A, 7, true);
  await deletion;
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(7)));
});

test("D2 a deletion that fails has changed nothing", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(B, 6, true);
  faulty.faults = [{ when: ({ name }) => name === "create", code: "EROFS" }];
  const both = await Promise.allSettled([store.deleteDurable(B), store.deleteDurable(B)]);
  assert.deepEqual(both.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(store.peek(B), 6n);
  faulty.faults = [];
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1, 6)));
});

test("snapshot() is a value of its own, of one topic if asked", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  const other = queue(0, "other");
  store.update(A, 1, true);
  store.update(other, 2, true);
  const before = store.snapshot();
  store.update(A, 9, true);
  assert.ok(before.equals(OffsetTable.from([[A, 1], [other, 2]])));
  assert.ok(store.snapshot("other").equals(OffsetTable.from([[other, 2]])));
});

test("close() persists a last time, refuses all further calls, and twice is once", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  store.update(A, 1, true);
  assert.equal(store.status().dirtyQueues, 1);
  assert.equal(store.status().closed, false);
  const closing = store.close();
  assert.equal(store.close(), closing);
  await closing;
  assert.throws(() => store.update(A, 2, true), {
    name: "OffsetStoreClosedError",
    message: `Cannot update offsets of ${JSON.stringify(at.main)}: the store is closed`,
  });
  await store[Symbol.asyncDispose]();
  assert.ok((await at.table()).equals(tableOf(1)));
  for (const call of [store.peek, store.remove]) {
    assert.throws(() => call.call(store, A), OffsetStoreClosedError);
  }
  assert.throws(() => store.snapshot(), OffsetStoreClosedError);
  assert.throws(() => store.updateAndFreeze(A, 1), OffsetStoreClosedError);
  await assert.rejects(store.persist(), OffsetStoreClosedError);
  await assert.rejects(store.read(A, "memory"), OffsetStoreClosedError);
  await assert.rejects(store.deleteDurable(A), OffsetStoreClosedError);
  const { closed, queues, dirtyQueues, bytesWritten, lastSuccess } = store.status();
  assert.deepEqual({ closed, queues, dirtyQueues }, { closed: true, queues: 1, dirtyQueues: 0 });
  assert.equal(bytesWritten, (await at.text("offset.json")).length);
  assert.ok(lastSuccess! <= Date.now());
});

test("close() that fails leaves the store open and usable", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(A, 1, true);
  faulty.faults = [{ when: ({ name }) => name === "sync", code: "EIO", once: true }];
  await assert.rejects(store.close(), { name: "OffsetPersistError", code: "EIO" });
  store.update(A, 2, true);
  await store.close();
  assert.ok((await at.table()).equals(tableOf(2)));
});

test("the timer persists what is dirty, reports a failure, and tries again", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC", once: true }];
  const failed = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  faulty.before = (call) => {
    if (call.name === "readDirectory" && call.path === at.directory) written.resolve();
  };
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    persistEveryMs: 1,
    onDiagnostic(diagnostic) {
      assert.equal(diagnostic.kind, "persist-failed");
      failed.resolve();
      throw new Error("a fault of the listener is its own");
    },
  });
  // The timer alone would let the process end.
  const alive = setInterval(() => {}, 1000);
  store.update(A, 1, true);
  await failed.promise;
  await written.promise;
  clearInterval(alive);
  await store.close();
  assert.ok((await at.table()).equals(tableOf(1)));
});
