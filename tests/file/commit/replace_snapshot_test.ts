/** What is said of a write that failed, and what is left of it. */
import assert from "node:assert/strict";
import { chmod, rm, stat, writeFile } from "node:fs/promises";
import { test } from "node:test";
import {
  replaceSnapshot,
  type SnapshotOptions,
} from "../../../src/file/commit/replace_snapshot.ts";
import { type Fault, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const OPTIONS: SnapshotOptions = {
  rotate: true,
  isMainSure: true,
  sync: true,
  replaces: undefined,
};

/** Writes "new" over "old" while some calls fail. */
function writeNew(at: StoreDirectory, faulty: FaultyFileSystem, ...faults: Fault[]) {
  faulty.faults = faults;
  return replaceSnapshot(faulty.fileSystem, at.main, new TextEncoder().encode("new"), OPTIONS);
}

const failing = (name: string, more: Partial<Fault> = {}): Fault => (
  { when: (call) => call.name === name, code: "EIO", ...more }
);

const OLD = { "offset.json": "old", "offset.json.bak": "older" };

test("P4 a failure before the rename leaves no doubt, even if nobody can say what main is", async () => {
  for (const name of ["create", "write", "sync", "link", "syncDirectory"]) {
    await using at = await StoreDirectory.make(OLD);
    const faulty = new FaultyFileSystem();
    await assert.rejects(writeNew(at, faulty, failing(name), failing("stat")), { code: "EIO" });
    assert.ok(!faulty.take().includes("stat"), "main is not asked for");
    assert.equal(await at.text("offset.json"), "old");
    assert.deepEqual((await at.names()).filter((each) => each.endsWith(".tmp")), []);
  }
});

test("P4 a rename that fails: main tells whether it is the new file", async () => {
  await using at = await StoreDirectory.make(OLD);
  await assert.rejects(writeNew(at, new FaultyFileSystem(), failing("rename")), { code: "EIO" });
  assert.equal(await at.text("offset.json"), "old");
  const { info, doubt } = await writeNew(
    at,
    new FaultyFileSystem(),
    failing("rename", { after: true }),
  );
  assert.equal(await at.text("offset.json"), "new");
  assert.equal(info.ino, (await stat(at.main)).ino);
  assert.equal((doubt as Error).message, "EIO: rename failed");
});

test("P4 a rename that fails: without a main there is no doubt, unless nobody can tell", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const write = (...faults: Fault[]) => {
    const faulty = new FaultyFileSystem();
    faulty.faults = [failing("rename"), ...faults];
    const options = { ...OPTIONS, rotate: false };
    return replaceSnapshot(faulty.fileSystem, at.main, new Uint8Array(1), options);
  };
  await assert.rejects(write(), { code: "EIO" });
  assert.deepEqual(await at.names(), ["other"]);
  const { doubt } = await write(failing("stat"));
  assert.equal((doubt as Error).message, "EIO: rename failed");
});

test("P4 a sync that fails after the rename leaves a doubt, even if main is another's by then", async () => {
  await using at = await StoreDirectory.make(OLD);
  const faulty = new FaultyFileSystem();
  let isRenamed = false;
  faulty.before = async ({ name }) => {
    if (isRenamed && name === "syncDirectory") {
      await rm(at.main);
      await writeFile(at.main, "of another");
    }
    if (name === "rename") isRenamed = true;
  };
  const when = ({ name }: { name: string }) => isRenamed && name === "syncDirectory";
  const { doubt } = await writeNew(at, faulty, { when, code: "EIO" });
  assert.equal((doubt as Error).message, "EIO: syncDirectory failed");
  assert.equal(await at.text("offset.json"), "of another");
});

test("P4 what is missing before the rename is not tried again", async () => {
  await using at = await StoreDirectory.make(OLD);
  for (const name of ["create", "link"]) {
    const faulty = new FaultyFileSystem();
    await assert.rejects(writeNew(at, faulty, failing(name, { code: "ENOENT", once: true })), {
      code: "ENOENT",
    });
    assert.equal(faulty.take().filter((each) => each === name).length, 1);
  }
});

test("P7 a backup that cannot be removed is an error, and stays", async () => {
  await using at = await StoreDirectory.make(OLD);
  const fault = failing("unlink", { code: "EACCES", once: true });
  await assert.rejects(writeNew(at, new FaultyFileSystem(), fault), { code: "EACCES" });
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  assert.equal(await at.text("offset.json.bak"), "older");
});

test("P7 without hard links the backup is a copy, synced, with the mode of what it copies", async () => {
  await using at = await StoreDirectory.make(OLD);
  await chmod(at.main, 0o640);
  const faulty = new FaultyFileSystem();
  const { doubt } = await writeNew(at, faulty, failing("link", { code: "EPERM" }));
  assert.equal(doubt, undefined);
  assert.equal(await at.text("offset.json.bak"), "old");
  assert.equal((await stat(at.path("offset.json.bak"))).mode & 0o777, 0o640);
  assert.deepEqual(faulty.take(), [
    ...["create", "write", "backdate", "fstat", "sync", "close", "unlink", "link"],
    ...["readFile", "create", "write", "backdate", "fstat", "chmod", "sync", "close"],
    ...["syncDirectory", "rename", "syncDirectory"],
  ]);
});
