/** The end of a store. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const JOURNAL = "offset.json.journal";
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

test("a call after close() is told what it cannot do", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  await store.close();
  for (const [name, call] of Object.entries(CALLS)) {
    await assert.rejects(async () => await call(store), {
      name: "OffsetStoreClosedError",
      message: `Cannot ${/^\w+/.exec(name)![0]} offsets of ${JSON.stringify(at.main)}: ` +
        "the store is closed",
    }, name);
  }
});

test("P2 the end of an `await using` block persists", async () => {
  await using at = await StoreDirectory.make();
  {
    await using store = await at.open();
    store.update(A, 1, true);
  }
  assert.ok((await at.table()).equals(tableOf(1)));
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
  assert.ok((await at.table()).equals(tableOf(2)), "the first wrote the plain file");
  assert.ok((await at.names()).includes(JOURNAL));
  await store.close();
  assert.ok((await at.table()).equals(tableOf(4)));
});
