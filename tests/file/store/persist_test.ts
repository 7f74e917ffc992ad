import assert from "node:assert/strict";
import { chmod, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { OffsetPersistError } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { shown } from "../../support/replacement.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const MUTATIONS = ["create", "link", "rename", "makeDirectory"];

test("P1 persist([]) writes nothing; persist() and persist(mqs) make the whole table durable", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  store.update(queue(0), 1, true);
  store.update(queue(1), 2, true);
  await store.persist([]);
  await assert.rejects(at.names());
  await store.persist([queue(1)]);
  assert.ok((await at.table()).equals(tableOf(1, 2)));
  store.update(queue(0), 3, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(3, 2)));
  await assert.rejects(store.persist([queue(0.5)]), RangeError);
});

/** The calls that change anything, each with the last part of its path. */
function changesOf(at: StoreDirectory) {
  const faulty = new FaultyFileSystem();
  const calls: string[] = [];
  faulty.before = ({ name, path }) => {
    if (["stat", "fstat", "readFile", "readLink", "readDirectory"].includes(name)) return;
    calls.push(`${name} ${path === at.root ? "root" : path === tmpdir() ? "tmp" : shown(path)}`);
  };
  return { fileSystem: faulty.fileSystem, take: () => calls.splice(0) };
}

const WRITTEN = ["create T", "write T", "backdate T", "sync T", "close T"];
const REPLACED = ["syncDirectory group", "rename offset.json", "syncDirectory group"];

test("P2 P3 the calls of a persist, in the order of the protocol", async () => {
  await using at = await StoreDirectory.make();
  const { fileSystem, take } = changesOf(at);
  const store = await at.open({ fileSystem });
  assert.deepEqual(take(), [], "an open changes nothing");
  store.update(queue(0), 1, true);
  await store.persist();
  assert.deepEqual(take(), [
    // The root is there, and is found to be.
    ...["makeDirectory root", "makeDirectory client", "syncDirectory root"],
    ...["makeDirectory group", "syncDirectory client"],
    ...["syncDirectory tmp", "syncDirectory root", "syncDirectory client"],
    ...[...WRITTEN, ...REPLACED],
  ]);
  store.update(queue(0), 2, true);
  await store.persist();
  const backup = ["rename offset.json.bak"];
  assert.deepEqual(take(), [...WRITTEN, "link P", ...REPLACED, ...backup]);
  assert.ok((await at.table("offset.json.bak")).equals(tableOf(1)));
});

test("L6 P2 after a load, whose names were synced, a persist is as any other", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  await chmod(at.main, 0o644);
  const { fileSystem, take } = changesOf(at);
  const store = await at.open({ fileSystem });
  const loaded = ["syncFile offset.json", "syncDirectory group"];
  const names = ["syncDirectory tmp", "syncDirectory root", "syncDirectory client"];
  assert.deepEqual(take(), [...loaded, ...names]);
  store.update(queue(0), 2, true);
  await store.persist();
  const backup = ["rename offset.json.bak"];
  const written = WRITTEN.toSpliced(3, 0, "chmod T");
  assert.deepEqual(take(), [...written, "link P", ...REPLACED, ...backup]);
});

test("P2 relaxed durability syncs nothing", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem, durability: "relaxed" });
  store.update(queue(0), 1, true);
  await store.persist();
  assert.deepEqual(faulty.take().filter((name) => name.startsWith("sync")), []);
  assert.ok((await at.table()).equals(tableOf(1)));
});

for (const name of ["stat", "create", "write", "fstat", "sync", "close", "link", "rename"]) {
  test(`P4 ${name} fails: a typed error, nothing lost, and the next persist starts anew`, async () => {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const faulty = new FaultyFileSystem();
    const store = await at.open({ fileSystem: faulty.fileSystem });
    store.update(queue(0), 2, true);
    const created: string[] = [];
    faulty.before = (call) => void (call.name === "create" && created.push(call.path));
    faulty.faults = [{ when: (call) => call.name === name, code: "ENOSPC", once: true }];
    await assert.rejects(store.persist(), (error) => {
      assert.ok(error instanceof OffsetPersistError);
      assert.equal(error.onDisk, "previous");
      assert.equal(error.code, "ENOSPC");
      assert.equal(error.path, at.main);
      assert.equal(
        error.message,
        `Cannot persist offsets to ${JSON.stringify(at.main)}: ENOSPC: ${name} failed; ` +
          "the file is as it was; make room on the disk",
      );
      assert.equal(store.status().lastError, error);
      return true;
    });
    assert.equal(store.peek(queue(0)), 2n);
    assert.equal(store.status().dirtyQueues, 1);
    assert.ok((await at.table()).equals(tableOf(1)));
    assert.deepEqual((await at.names()).filter((each) => each.endsWith(".tmp")), []);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(2)));
    assert.equal(store.status().lastError, undefined);
    assert.equal(new Set(created).size, created.length);
  });
}

test("P4 the directory's sync fails after the rename: the error says that it is open", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(queue(0), 1, true);
  await store.persist();
  store.update(queue(0), 2, true);
  let syncs = 0;
  faulty.faults = [{
    when: (call) => call.name === "syncDirectory" && ++syncs === 2,
    code: "EIO",
  }];
  await assert.rejects(store.persist(), (error) => {
    assert.ok(error instanceof OffsetPersistError);
    assert.equal(error.onDisk, "either");
    assert.match(error.message, /the new offsets are there, or may be the previous ones again/);
    return true;
  });
  // It is written again, though the table has not changed, and is no conflict.
  faulty.faults = [];
  faulty.take();
  await store.persist();
  assert.ok(faulty.take().includes("rename"));
  assert.ok((await at.table()).equals(tableOf(2)));
});

test("P4 a disk that takes a few bytes at a time, and one that takes none", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  faulty.bytesPerWrite = 7;
  store.update(queue(0), 1, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  faulty.bytesPerWrite = 0;
  store.update(queue(0), 2, true);
  await assert.rejects(
    store.persist(),
    /only 0 of \d+ bytes were accepted, as if the disk were full/,
  );
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("P6 an unchanged table is not written again", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  faulty.take();
  await store.persist();
  store.update(queue(0), 2, true);
  store.update(queue(0), 1, false);
  await store.persist();
  assert.deepEqual(faulty.take().filter((name) => MUTATIONS.includes(name)), []);
  assert.equal(store.status().generationsWritten, 0);
});

test("P7 the backup is the generation before", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  for (let n = 1; n <= 4; n++) {
    store.update(queue(0), n, true);
    await store.persist();
    if (n > 1) assert.ok((await at.table("offset.json.bak")).equals(tableOf(n - 1)));
  }
  assert.equal(store.status().generationsWritten, 4);
});

test("P7 without hard links the backup is copied", async () => {
  for (const code of ["EPERM", "EXDEV", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: (call) => call.name === "link", code }];
    const store = await at.open({ fileSystem: faulty.fileSystem });
    store.update(queue(0), 2, true);
    await store.persist();
    assert.ok((await at.table("offset.json.bak")).equals(tableOf(1)));
    assert.ok((await at.table()).equals(tableOf(2)));
  }
});

test("P8 a temporary file is left alone by all that open the store meanwhile", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  let opened = 0;
  faulty.before = async (call) => {
    if (call.name === "rename" && opened++ === 0) await at.open();
  };
  store.update(queue(0), 2, true);
  await store.persist();
  assert.ok(opened > 0);
  assert.equal(faulty.calls.filter((name) => name === "create").length, 1);
  assert.ok((await at.table()).equals(tableOf(2)));
});

test("P9 a file that was only touched or copied over itself is no conflict", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open();
  await utimes(at.main, new Date(0), new Date(0));
  store.update(queue(0), 2, true);
  await store.persist();
  await writeFile(at.main, await at.text("offset.json"));
  store.update(queue(0), 3, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(3)));
});
