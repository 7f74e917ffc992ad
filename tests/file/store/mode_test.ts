/** The mode of the files that a store makes. */
import assert from "node:assert/strict";
import { chmod, stat } from "node:fs/promises";
import { test } from "node:test";
import { queue, StoreDirectory } from "../../support/store_directory.ts";

test("O1 the mode of an existing main is kept; new files and directories are private", async () => {
  await using at = await StoreDirectory.make();
  const mode = async (path: string) => (await stat(path)).mode & 0o777;
  const store = await at.open();
  store.update(queue(0), 1, true);
  await store.persist();
  assert.equal(await mode(at.main), 0o600);
  assert.equal(await mode(at.directory), 0o700);
  await chmod(at.main, 0o644);
  store.update(queue(0), 2, true);
  await store.persist();
  assert.equal(await mode(at.main), 0o644);
});

test("O1 a first file is private, whatever the mode of its directory is", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  await chmod(at.directory, 0o755);
  const store = await at.open({ journal: true });
  for (const offset of [1, 2]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  for (const name of ["offset.json", "offset.json.journal"]) {
    assert.equal((await stat(at.path(name))).mode & 0o777, 0o600);
  }
});
