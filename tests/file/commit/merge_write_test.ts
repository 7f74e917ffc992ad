/** What a merge writes, and what it leaves as it is. */
import assert from "node:assert/strict";
import { rm, utimes } from "node:fs/promises";
import { test } from "node:test";
import type { Diagnostic } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { noting } from "../../support/noting.ts";

async function merging(at: StoreDirectory) {
  const faulty = new FaultyFileSystem();
  const told: Diagnostic[] = [];
  const onDiagnostic = noting(told);
  const { fileSystem } = faulty;
  const store = await at.open({ onConflict: "merge", fileSystem, onDiagnostic });
  return { store, faulty, told };
}

test("P9 the offset in memory is written over a lower one, though it was persisted before", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 1) });
  const { store } = await merging(at);
  store.update(queue(0), 5, true);
  await store.persist();
  await at.write("offset.json", tableOf(2, 3));
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(5, 3)));
});

test("P9 a file that was removed is written again, though nothing is new", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const { store, told } = await merging(at);
  await rm(at.main);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1, 2)));
  assert.deepEqual(told, [], "nothing was merged");
});

test("P6 P9 a file that holds all of it, or more, is taken over and not written", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const { store, told } = await merging(at);
  store.update(queue(0), 5, true);
  await at.write("offset.json", tableOf(5, 9));
  await store.persist();
  assert.deepEqual(told, [{ kind: "merged", path: at.main }]);
  assert.equal(store.status().generationsWritten, 0);
  assert.equal(store.peek(queue(1)), 9n);
});

test("P9 a file that was only touched is not merged, and nothing is reported", async () => {
  for (const onConflict of ["throw", "merge"] as const) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const told: Diagnostic[] = [];
    const store = await at.open({ onConflict, onDiagnostic: noting(told) });
    await utimes(at.main, new Date(0), new Date(0));
    await store.persist();
    assert.deepEqual(told, []);
    assert.equal(store.status().generationsWritten, 0);
  }
});

test("P9 P7 after a merge, the name of the other's file is synced before the backup goes", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const { store, faulty } = await merging(at);
  store.update(queue(0), 5, true);
  await store.persist();
  await at.write("offset.json", tableOf(2, 3));
  const synced: string[] = [];
  let isCreated = false;
  faulty.before = ({ name, path }) => {
    if (name === "create" && path.endsWith(".tmp")) isCreated = true;
    if (name === "rename" && path.endsWith(".bak")) isCreated = false;
    if (isCreated && name === "syncDirectory") synced.push(path);
  };
  store.update(queue(0), 6, true);
  await store.persist();
  assert.deepEqual(synced, [at.directory, at.directory]);
  assert.equal(isCreated, false);
});

test("P9 a bad file is kept aside once", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const { store } = await merging(at);
  await at.write("offset.json", "bad");
  for (const offset of [2, 3]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  const kept = (await at.names()).filter((name) => name.includes(".corrupt-"));
  assert.equal(kept.length, 1);
});

test("P9 while main is there, no directory is made for it, and nothing stays open", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const { store, faulty } = await merging(at);
  store.update(queue(0), 2, true);
  await store.persist();
  const calls = faulty.take();
  assert.ok(!calls.includes("makeDirectory"));
  const count = (name: string) => calls.filter((each) => each === name).length;
  assert.equal(count("create"), count("close"), "the lock's file is closed too");
});
