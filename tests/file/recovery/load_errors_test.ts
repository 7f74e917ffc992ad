/** Loads that meet errors of the system: which files are passed over, and what is synced (L5, L6). */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import { OffsetLoadError, OffsetTable } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { pendingBackupName, temporaryName } from "../../support/temporary_names.ts";

const GOOD = tableOf(5);
const OLD = tableOf(3);

for (const code of ["EACCES", "EPERM", "EMFILE", undefined]) {
  for (const name of ["offset.json", "offset.json.bak"]) {
    test(`L5 ${code ?? "an error without a code"} at ${name} is reported, not taken for missing`, async () => {
      await using at = await StoreDirectory.make({ "offset.json": "torn", "offset.json.bak": OLD });
      const faulty = new FaultyFileSystem();
      faulty.faults = [{
        when: (call) => call.name === "readFile" && call.path.endsWith(name),
        code,
      }];
      for (const onCorrupt of ["throw", "reset"] as const) {
        await assert.rejects(at.open({ fileSystem: faulty.fileSystem, onCorrupt }), (error) => {
          assert.ok(error instanceof OffsetLoadError);
          assert.equal(error.path, at.path(name));
          assert.equal(error.code, code);
          assert.match(error.message, /^Cannot load offsets from ".*": .*readFile failed(; .|$)/);
          return true;
        });
      }
      assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
    });
  }
}

test("L2 an I/O error at main falls back to the backup", async () => {
  await using at = await StoreDirectory.make({ "offset.json": GOOD, "offset.json.bak": OLD });
  const faulty = new FaultyFileSystem();
  const isMain = (path: string) => path.endsWith("offset.json");
  faulty.faults = [{ when: ({ name, path }) => name === "readFile" && isMain(path), code: "EIO" }];
  const store = await at.open({ fileSystem: faulty.fileSystem });
  assert.equal(store.loadOutcome.source, `${at.main}.bak`);
  // P7: the good backup outlives the persist that follows, and so does the bad file.
  store.update(queue(0), 8, true);
  await store.persist();
  assert.ok((await at.table("offset.json.bak")).equals(OLD));
  const kept = (await at.names()).filter((name) => name.startsWith("offset.json.corrupt-"));
  assert.equal(kept.length, 1);
  assert.ok((await at.table(kept[0])).equals(GOOD));
});

test("L6 a load syncs its file and all names from the root down, and a second load answers the same", async () => {
  for (const name of ["offset.json", "offset.json.bak", pendingBackupName(1), temporaryName(1)]) {
    await using at = await StoreDirectory.make({ [name]: GOOD });
    const faulty = new FaultyFileSystem();
    const synced: string[] = [];
    faulty.before = ({ name, path }) => void (name.startsWith("sync") && synced.push(path));
    const first = await at.open({ fileSystem: faulty.fileSystem });
    const above = [dirname(at.root), at.root, dirname(at.directory)];
    assert.deepEqual(synced.splice(0), [at.path(name), at.directory, ...above]);
    const second = await at.open({ fileSystem: faulty.fileSystem, durability: "relaxed" });
    assert.deepEqual(synced, []);
    assert.deepEqual(second.loadOutcome, first.loadOutcome);
    assert.ok(second.snapshot().equals(first.snapshot()));
    assert.notEqual(second.snapshot(), OffsetTable.empty);
  }
});

test("L6 a load whose sync fails is an error", async () => {
  await using at = await StoreDirectory.make({ "offset.json": GOOD });
  for (const name of ["syncFile", "syncDirectory"]) {
    const faulty = new FaultyFileSystem();
    for (let n = 0; n < (name === "syncFile" ? 1 : 4); n++) {
      let calls = 0;
      faulty.faults = [{ when: (call) => call.name === name && calls++ === n, code: "EIO" }];
      const opening = at.open({ fileSystem: faulty.fileSystem });
      await assert.rejects(opening, (error) => {
        assert.ok(error instanceof OffsetLoadError);
        assert.equal(error.code, "EIO");
        return true;
      });
    }
  }
});

test("L2 beside a valid main, only the journal is read, and no other file can fail the load", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": GOOD,
    "offset.json.bak": "bad",
    [pendingBackupName(1)]: "bad",
    [temporaryName(1)]: "bad",
  });
  const faulty = new FaultyFileSystem();
  const read: string[] = [];
  faulty.before = ({ name, path }) => void (name === "readFile" && read.push(path));
  faulty.faults = [{ when: ({ name }) => name === "readDirectory", code: "EACCES" }];
  await at.open({ fileSystem: faulty.fileSystem });
  assert.deepEqual(read, [at.path("offset.json.journal"), at.main]);
});
