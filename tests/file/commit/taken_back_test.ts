/** What is written after a persist that failed, above all if the offset is taken back by then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetPersistError, OffsetTable } from "../../../mod.ts";
import { type Fault, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const [A, B] = [queue(0), queue(0, "others")];

/** A call fails that comes after the rename. */
function afterRename(): Fault {
  let isRenamed = false;
  return {
    when: ({ name }) => {
      if (name === "rename") isRenamed = true;
      return isRenamed && name === "syncDirectory";
    },
    code: "EIO",
    once: true,
  };
}

async function failing(at: StoreDirectory, fault: Fault, options = {}) {
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem, ...options });
  store.update(A, 1, true);
  await store.persist();
  faulty.faults = [fault];
  store.update(A, 2, true);
  await assert.rejects(store.persist(), OffsetPersistError);
  faulty.faults = [];
  return { store, faulty };
}

test("P4 P6 an offset that may be in the file, and is taken back, is written again", async () => {
  await using at = await StoreDirectory.make();
  const { store } = await failing(at, afterRename());
  assert.ok((await at.table()).equals(tableOf(2)));
  store.update(A, 1, false);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("P4 J5 a record that may be in the journal, and is taken back, is written over", async () => {
  await using at = await StoreDirectory.make();
  const when = ({ name }: { name: string }) => name === "syncData";
  const { store } = await failing(at, { when, code: "EIO", after: true }, { journal: true });
  store.update(A, 1, false);
  await store.persist();
  assert.equal((await at.open()).peek(A), 1n);
});

test("P4 an offset of a persist that failed, and is taken back, is in no later file", async () => {
  await using at = await StoreDirectory.make();
  const { store } = await failing(at, { when: ({ name }) => name === "create", code: "EROFS" });
  store.update(A, 1, false);
  store.update(B, 5, true);
  await store.persist();
  const expected = OffsetTable.from([[A, 1], [B, 5]]);
  assert.ok((await at.table()).equals(expected));
  // The same once more, where all queues are in the file already.
  await using again = await StoreDirectory.make({ "offset.json": expected });
  const other = await failing(again, { when: ({ name }) => name === "create", code: "EROFS" });
  other.store.update(A, 1, false);
  other.store.update(B, 6, true);
  await other.store.persist();
  assert.ok((await again.table()).equals(OffsetTable.from([[A, 1], [B, 6]])));
});

test("P4 P7 while the new file's name is in doubt, it is synced before the backup goes", async () => {
  await using at = await StoreDirectory.make();
  const { store, faulty } = await failing(at, afterRename());
  faulty.take();
  await store.persist();
  const calls = faulty.take();
  assert.ok(calls.indexOf("syncDirectory") < calls.indexOf("unlink"));
  store.update(A, 3, true);
  await store.persist();
  const later = faulty.take();
  assert.ok(later.indexOf("syncDirectory") > later.indexOf("unlink"), "then it is sure");
});

test("P4 J4 after a plain file that failed, nothing of the journal stays open", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ journal: true, fileSystem: faulty.fileSystem });
  for (const offset of [1, 2]) {
    store.update(A, offset, true);
    await store.persist();
  }
  const created = () => faulty.calls.filter((name) => name === "create").length;
  const closed = () => faulty.calls.filter((name) => name === "close").length;
  assert.equal(created() - closed(), 1);
  faulty.faults = [{ when: ({ name }) => name === "rename", code: "EIO" }];
  await assert.rejects(store.close(), OffsetPersistError);
  assert.equal(created() - closed(), 0);
});
