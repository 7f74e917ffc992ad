/** The files after a persist that failed, above all if the offset is taken back by then. */
import assert from "node:assert/strict";
import { basename } from "node:path";
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

test("P4 P7 while the new file's name is in doubt, the old file has a name that is sure", async () => {
  await using at = await StoreDirectory.make();
  const { store, faulty } = await failing(at, afterRename());
  const secondNames = async () => (await at.names()).filter((name) => name.endsWith(".bak.tmp"));
  const [name, ...others] = await secondNames();
  assert.deepEqual(others, []);
  assert.ok((await at.table(name)).equals(tableOf(1)));
  faulty.faults = [{ when: (call) => call.name === "create", code: "ENOSPC", once: true }];
  store.update(A, 3, true);
  await assert.rejects(store.persist(), OffsetPersistError);
  assert.deepEqual(await secondNames(), [name], "as long as it is in doubt");
  const calls: string[] = [];
  faulty.before = ({ name, path }) => void calls.push(`${name} ${basename(path)}`);
  await store.persist();
  assert.deepEqual(await secondNames(), []);
  const synced = calls.lastIndexOf("syncDirectory group");
  assert.ok(calls.indexOf("rename offset.json") < synced);
  assert.ok(synced < calls.indexOf(`unlink ${name}`), "it goes once the new main is durable");
  assert.ok(synced < calls.indexOf("rename offset.json.bak"));
});

test("P4 P8 many commits in doubt keep one second name: that of the acknowledged file", async () => {
  await using at = await StoreDirectory.make();
  const { store, faulty } = await failing(at, afterRename());
  for (let offset = 3; offset < 10; offset++) {
    faulty.faults = [afterRename()];
    store.update(A, offset, true);
    await assert.rejects(store.persist(), OffsetPersistError);
    const names = (await at.names()).filter((name) => name.endsWith(".tmp"));
    assert.equal(names.length, 1);
    assert.ok((await at.table(names[0])).equals(tableOf(1)));
  }
  faulty.faults = [];
  await store.close();
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  assert.ok((await at.table()).equals(tableOf(9)));
});

test("P4 J4 after a snapshot that failed, the journal takes records, until a close releases it", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ journal: true, fileSystem: faulty.fileSystem });
  const persist = async (offset: number) => {
    store.update(A, offset, true);
    await store.persist();
  };
  for (const offset of [1, 2]) await persist(offset);
  const journal = at.path("offset.json.journal");
  assert.deepEqual(faulty.open, [journal]);
  faulty.faults = [{ when: ({ name }) => name === "rename", code: "EIO" }];
  await assert.rejects(store.close(), { name: "OffsetPersistError", onDisk: "previous" });
  assert.deepEqual(faulty.open, [journal]);
  await persist(3);
  assert.equal((await at.open()).peek(A), 3n);
  faulty.faults = [];
  await store.close();
  assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});
