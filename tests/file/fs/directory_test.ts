/** Directories: which are made, with which mode, what is synced, and what a failure leaves. */
import assert from "node:assert/strict";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { ensureDirectory } from "../../../src/file/fs/ensure_directory.ts";
import { LocalFileOffsetStore } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

/** What is made and synced for `directory`, as paths from `at.root`. */
async function callsFor(at: StoreDirectory, root: string, directory: string, sync = true) {
  const faulty = new FaultyFileSystem();
  const calls: string[] = [];
  faulty.before = ({ name, path }) => void calls.push(`${name} ${relative(at.root, path) || "."}`);
  await ensureDirectory(faulty.fileSystem, join(at.root, directory), join(at.root, root), sync);
  return calls;
}

test("P2 below the root, entries are synced even if they are there already", async () => {
  await using at = await StoreDirectory.make();
  await mkdir(join(at.root, "c", "g"), { recursive: true });
  assert.deepEqual(await callsFor(at, "", "c/g"), [
    ...["makeDirectory .", "makeDirectory c", "syncDirectory ."],
    ...["makeDirectory c/g", "syncDirectory c"],
  ]);
  assert.deepEqual(await callsFor(at, "", "c/g", false), [
    ...["makeDirectory .", "makeDirectory c", "makeDirectory c/g"],
  ]);
});

test("P2 a name that begins with two dots lies below the root", async () => {
  await using at = await StoreDirectory.make();
  await mkdir(join(at.root, "..c"));
  const calls = await callsFor(at, "", "..c");
  assert.deepEqual(calls, ["makeDirectory .", "makeDirectory ..c", "syncDirectory ."]);
});

test("P2 a directory outside the root is synced only if it is made", async () => {
  await using at = await StoreDirectory.make();
  for (const directory of ["other", "other/deep", "", "root"]) {
    const calls = await callsFor(at, "root", directory);
    const made = directory !== "" ? [`syncDirectory ${dirname(directory)}`] : [];
    assert.deepEqual(calls, [`makeDirectory ${directory || "."}`, ...made]);
    assert.deepEqual(await callsFor(at, "root", directory), [`makeDirectory ${directory || "."}`]);
  }
});

test("P2 above the root, what is made is synced, from the top", async () => {
  await using at = await StoreDirectory.make();
  assert.deepEqual(await callsFor(at, "a/b/root", "a/b/root/c"), [
    ...["makeDirectory a/b/root", "makeDirectory a/b", "makeDirectory a", "syncDirectory ."],
    ...["makeDirectory a/b", "syncDirectory a", "makeDirectory a/b/root", "syncDirectory a/b"],
    ...["makeDirectory a/b/root/c", "syncDirectory a/b/root"],
  ]);
  assert.equal((await stat(join(at.root, "a"))).mode & 0o777, 0o700);
});

test("P4 a root that somebody else makes at the same time is no failure", async () => {
  await using at = await StoreDirectory.make();
  const root = join(at.root, "a", "root");
  const faulty = new FaultyFileSystem();
  let raced = false;
  faulty.before = async ({ name }) => {
    if (name === "syncDirectory" && !raced) await mkdir(root, { recursive: true });
    if (name === "syncDirectory") raced = true;
  };
  const { fileSystem } = faulty;
  const store = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root, fileSystem });
  store.update(queue(0), 1, true);
  await store.persist();
  assert.ok(raced);
  assert.equal(
    (await LocalFileOffsetStore.open({ clientId: "c", group: "g", root })).peek(queue(0)),
    1n,
  );
});

test("P4 a directory whose entry could not be synced is made anew by the next persist", async () => {
  // At once, or, if that fails too, before it is made the next time.
  for (const isRemoved of [true, false]) {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const store = await at.open({ fileSystem: faulty.fileSystem });
    store.update(queue(0), 1, true);
    const failing = isRemoved ? ["syncDirectory"] : ["syncDirectory", "removeDirectory"];
    faulty.faults = failing.map((each) => (
      { when: ({ name }) => name === each, code: "EIO", once: true }
    ));
    await assert.rejects(store.persist(), {
      name: "OffsetPersistError",
      code: "EIO",
      onDisk: "previous",
      message: /: EIO: syncDirectory failed; the file is as it was$/,
    });
    assert.deepEqual(await readdir(at.root), isRemoved ? [] : ["client"]);
    faulty.take();
    await store.persist();
    assert.deepEqual(faulty.take().slice(0, 6), [
      ...["stat", "stat", "makeDirectory", "removeDirectory", "makeDirectory", "syncDirectory"],
    ]);
    assert.ok((await at.table()).equals(tableOf(1)));
  }
});

test("P4 a directory in doubt that has gone is made anew; one that cannot be removed is an error", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(queue(0), 1, true);
  const client = join(at.root, "client");
  const fail = async () => {
    faulty.faults = ["syncDirectory", "removeDirectory"].map((each) => (
      { when: ({ name }) => name === each, code: "EIO", once: true }
    ));
    await assert.rejects(store.persist(), { code: "EIO" });
  };
  await fail();
  await writeFile(join(client, "guest"), "");
  await assert.rejects(store.persist(), { code: "ENOTEMPTY" });
  await rm(client, { recursive: true });
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("P4 a directory that cannot be made is an error, and so is one above", async () => {
  for (const path of ["client", "client/group"]) {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const store = await at.open({ fileSystem: faulty.fileSystem });
    store.update(queue(0), 1, true);
    const isIt = (call: { name: string; path: string }) =>
      call.name === "makeDirectory" && call.path === join(at.root, path);
    faulty.faults = [{ when: isIt, code: "EACCES" }];
    await assert.rejects(store.persist(), {
      name: "OffsetPersistError",
      code: "EACCES",
      onDisk: "previous",
    });
    faulty.faults = [];
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(1)));
  }
});

test("P4 an empty directory that was there is unmade too: who made it may have been killed before its sync", async () => {
  await using at = await StoreDirectory.make();
  const client = join(at.root, "client");
  await mkdir(client);
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "syncDirectory", code: "EIO", once: true }];
  const doubtful = new Map<string, boolean>();
  const ensure = () => ensureDirectory(faulty.fileSystem, client, at.root, true, doubtful);
  await assert.rejects(ensure(), { code: "EIO" });
  assert.deepEqual([...doubtful.keys()], [client]);
  assert.deepEqual(await readdir(at.root), []);
  await ensure();
  assert.deepEqual([...doubtful.keys()], []);
  assert.deepEqual(await readdir(at.root), ["client"]);
});

test("P4 a directory that was there with something in it stays, and is in no doubt", async () => {
  await using at = await StoreDirectory.make();
  const client = join(at.root, "client");
  await mkdir(join(client, "group"), { recursive: true });
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "syncDirectory", code: "EIO", once: true }];
  const doubtful = new Map<string, boolean>();
  const ensure = () => ensureDirectory(faulty.fileSystem, client, at.root, true, doubtful);
  await assert.rejects(ensure(), { code: "EIO" });
  assert.deepEqual([...doubtful.keys()], []);
  assert.deepEqual(await readdir(client), ["group"]);
  await ensure();
});

test("P4 another's directory that could not be looked into is in no doubt once it is seen to be full", async () => {
  await using at = await StoreDirectory.make();
  const client = join(at.root, "client");
  await mkdir(join(client, "group"), { recursive: true });
  const faulty = new FaultyFileSystem();
  faulty.faults = ["syncDirectory", "removeDirectory"].map((each) => (
    { when: ({ name }) => name === each, code: "EIO", once: true }
  ));
  const doubtful = new Map<string, boolean>();
  const ensure = () => ensureDirectory(faulty.fileSystem, client, at.root, true, doubtful);
  await assert.rejects(ensure(), { code: "EIO" });
  assert.deepEqual([...doubtful], [[client, false]]);
  await ensure();
  assert.deepEqual([...doubtful], []);
  assert.deepEqual(await readdir(client), ["group"]);
});

test("P4 another's directory in doubt that cannot be looked into again is an error, and stays in doubt", async () => {
  await using at = await StoreDirectory.make();
  const client = join(at.root, "client");
  await mkdir(join(client, "group"), { recursive: true });
  const faulty = new FaultyFileSystem();
  faulty.faults = [
    { when: ({ name }) => name === "syncDirectory", code: "EIO", once: true },
    { when: ({ name }) => name === "removeDirectory", code: "EACCES" },
  ];
  const doubtful = new Map<string, boolean>();
  const ensure = () => ensureDirectory(faulty.fileSystem, client, at.root, true, doubtful);
  await assert.rejects(ensure(), { code: "EIO" });
  await assert.rejects(ensure(), { code: "EACCES" });
  assert.deepEqual([...doubtful], [[client, false]]);
});

test("P4 a directory in doubt that is said to be gone and cannot be made is an error", async () => {
  await using at = await StoreDirectory.make();
  const client = join(at.root, "client");
  const faulty = new FaultyFileSystem();
  faulty.faults = [
    { when: ({ name }) => name === "syncDirectory", code: "EIO", once: true },
    { when: ({ name }) => name === "removeDirectory", code: "ENOENT" },
  ];
  const doubtful = new Map<string, boolean>();
  const ensure = () => ensureDirectory(faulty.fileSystem, client, at.root, true, doubtful);
  await assert.rejects(ensure(), { code: "EIO" });
  await assert.rejects(ensure(), { code: "EEXIST" });
  faulty.faults = [];
  await ensure();
  assert.deepEqual([...doubtful.keys()], []);
});

test("P4 a directory is in doubt until its entry is synced, and no longer", async () => {
  await using at = await StoreDirectory.make();
  const client = join(at.root, "client");
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "syncDirectory", code: "EIO", once: true }];
  const doubtful = new Map<string, boolean>();
  const ensure = () => ensureDirectory(faulty.fileSystem, client, at.root, true, doubtful);
  await assert.rejects(ensure(), { code: "EIO" });
  assert.deepEqual([...doubtful.keys()], [client]);
  await ensure();
  assert.deepEqual([...doubtful.keys()], []);
});

test("P4 a directory that cannot be made is not tried again, nor those above it", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "makeDirectory", code: "EACCES", once: true }];
  const root = join(at.root, "a", "b");
  await assert.rejects(ensureDirectory(faulty.fileSystem, root, root, true), { code: "EACCES" });
  assert.deepEqual(faulty.take(), ["makeDirectory"]);
});

test("P4 a system that has not even a top directory is an error, not an endless climb", async () => {
  const faulty = new FaultyFileSystem();
  faulty.before = () => assert.ok(faulty.calls.length < 10);
  faulty.faults = [{ when: ({ name }) => name === "makeDirectory", code: "ENOENT" }];
  const root = join("/", "a", "b");
  await assert.rejects(ensureDirectory(faulty.fileSystem, root, root, true), { code: "ENOENT" });
  assert.deepEqual(faulty.take(), Array(3).fill("makeDirectory"));
});
