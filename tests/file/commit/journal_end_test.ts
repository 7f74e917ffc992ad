/** When a journal goes, and a plain file takes its place. */
import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { JOURNAL, journaled, textOf } from "../../support/journaled.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

test("J4 when the journal outgrows the snapshot, a plain file is written and the journal goes", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at, { journal: { compactAtBytes: 600 } });
  const snapshot = (await stat(at.main)).size;
  assert.ok(snapshot < 600);
  for (let offset = 4; (await stat(at.main)).size === snapshot; offset++) {
    const { length } = await textOf(at);
    assert.ok(length <= 600 + 110, `it has ${length} bytes`);
    store.update(queue(2), offset, true);
    await store.persist();
    // The compaction goes on behind the persist that made it due; another one waits for it.
    await store.persist();
  }
  assert.ok(!(await at.names()).includes(JOURNAL));
  assert.ok((await at.table()).equals(store.snapshot()));
  await store.close();
});

test("J4 after a clean close there is a plain file, and before it an older, valid one", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  assert.ok((await at.table()).equals(tableOf(1, 1)));
  await store.close();
  assert.ok((await at.table()).equals(tableOf(3, 1)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("J4 a close does not begin a journal: what has changed since the snapshot is in main", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open({ journal: true });
  for (const id of [0, 1]) store.update(queue(id), 1, true);
  await store.persist();
  store.update(queue(0), 2, true);
  await store.close();
  assert.ok((await at.table()).equals(tableOf(2, 1)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("J4 D2 a deletion is a plain file at once", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  await store.deleteDurable(queue(1));
  assert.ok((await at.table()).equals(tableOf(3)));
  assert.ok(!(await at.names()).includes(JOURNAL));
  await store.close();
});
