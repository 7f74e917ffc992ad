/** A main that is not usable: it is kept aside, and is never the backup (P7). */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { type Diagnostic, nodeFileSystem } from "../../../mod.ts";
import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { noting } from "../../support/noting.ts";

test("P7 without hard links a bad main is moved aside before it is replaced", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "link", code: "EPERM" }];
  const seen: Diagnostic[] = [];
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    onDiagnostic: noting(seen),
  });
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(seen.map(({ kind }) => kind), ["recovered", "call-missing", "kept-aside"]);
  const [, , kept] = seen;
  assert.ok(kept.kind === "kept-aside" && kept.path === at.main);
  assert.equal(await at.text(kept.keptAs.slice(at.directory.length + 1)), "bad");
});

test("P7 a bad main that cannot be kept is not replaced", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "link", code: "ENOSPC" }];
  const store = await at.open({ fileSystem: faulty.fileSystem });
  await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "ENOSPC" });
  assert.equal(await at.text("offset.json"), "bad");
});

test("P7 P9 a bad main that somebody removes is no conflict: the files hold the same table", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const store = await at.open();
  await rm(at.main);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("P7 P9 a bad main that is repaired meanwhile is a conflict, and is not replaced", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const store = await at.open();
  await at.write("offset.json", tableOf(9));
  await assert.rejects(store.persist(), { name: "OffsetConflictError" });
  assert.ok((await at.table()).equals(tableOf(9)));
});

test("P7 a bad main that vanishes just before it is kept aside is not reported", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  faulty.before = ({ name, path }) =>
    name === "link" && path.includes(".corrupt-") ? rm(at.main, { force: true }) : undefined;
  const seen: Diagnostic[] = [];
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    onDiagnostic: noting(seen),
  });
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(seen.map(({ kind }) => kind), ["recovered"]);
});

test("P7 an empty main is not kept aside", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "", "offset.json.bak": tableOf(1) });
  await (await at.open()).persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("L2 P9 a main that the device does not even describe is passed over, and merged once it can be read", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": tableOf(2),
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  const isMain = ({ name, path }: { name: string; path: string }) =>
    path === at.main && (name === "readFile" || name === "stat");
  faulty.faults = [{ when: isMain, code: "EIO" }];
  const store = await at.open({ fileSystem: faulty.fileSystem, onConflict: "merge" });
  assert.equal(store.loadOutcome.source, `${at.main}.bak`);
  faulty.faults = [];
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(2)));
});

test("P4 a file system that reports more bytes than it wrote is found out", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const create: FileSystem["create"] = async (path) => {
    const file = await nodeFileSystem.create(path);
    const write: WritableFile["write"] = async (bytes, position) => {
      await file.write(bytes.subarray(1), position);
      return bytes.length;
    };
    return { ...file, write };
  };
  const store = await at.open({ fileSystem: { ...nodeFileSystem, create } });
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), /only \d+ of \d+ bytes were accepted/);
  assert.ok((await at.table()).equals(tableOf(1)));
});
