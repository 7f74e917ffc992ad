/** The room that is made for the records of a journal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL, journaled, textOf } from "../../support/journaled.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

test("J1 room is made for many records, of which each then syncs no more than itself", async () => {
  for (const [compactAtBytes, room] of [[64_000, 64_000], [1e6, 65_536], [1000, 1000]]) {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const { fileSystem } = faulty;
    const store = await journaled(at, { journal: { compactAtBytes }, fileSystem });
    const [header] = (await textOf(at)).split(/(?<=\n)/);
    assert.equal((await at.text(JOURNAL)).length, header.length + room);
    assert.equal(faulty.take().filter((name) => name === "reserve").length, 1);
    assert.ok((await at.open()).snapshot().equals(store.snapshot()));
  }
});

test("P2 J1 the record that makes room is synced like any other, and counted", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const { fileSystem } = faulty;
  const store = await journaled(at, { journal: { compactAtBytes: 1e6 }, fileSystem });
  let [calls, records] = [faulty.take(), 0];
  do {
    const { bytesWritten } = store.status();
    for (let id = 0; id < 100; id++) store.update(queue(id), 10 + records, true);
    await store.persist();
    calls = faulty.take().filter((name) => name !== "stat");
    assert.ok(store.status().bytesWritten > bytesWritten + 1000);
  } while (calls.length < 3 && ++records < 100);
  assert.deepEqual(calls, ["fstat", "write", "reserve", "fstat", "syncData"]);
});

test("J1 when the room is used up, as much again is made", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at, { journal: { compactAtBytes: 1e6 } });
  let end = (await at.text(JOURNAL)).length;
  let rooms = 0;
  for (let offset = 4n; rooms < 2; offset++) {
    for (let id = 0; id < 100; id++) store.update(queue(id), offset, true);
    await store.persist();
    const { length } = await textOf(at);
    if (length > end) [end, rooms] = [length + 65_536, rooms + 1];
    assert.equal((await at.text(JOURNAL)).length, end);
  }
  assert.ok((await at.open()).snapshot().equals(store.snapshot()));
});

test("J1 where no room can be made, records are appended", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "reserve", code: "ENOSPC" }];
  await journaled(at, { fileSystem: faulty.fileSystem });
  assert.equal(await textOf(at), await at.text(JOURNAL));
  assert.ok((await at.open()).snapshot().equals(tableOf(3, 1)));
});
