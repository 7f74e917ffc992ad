/** What interrupted writes leave, and when it goes. */
import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import { test } from "node:test";
import { type Diagnostic, nodeFileSystem } from "../../../mod.ts";
import { findLeftovers } from "../../../src/file/recovery/temporary_files.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const OTHERS = ["offset.json.bak", "offset.json.tmp", "offset.json.x.tmp.gz", "offset.jsonx.tmp"];

/** A store directory with our leftovers, Go's, and what is neither. */
function littered(files: Parameters<typeof StoreDirectory.make>[0] = {}) {
  const others = Object.fromEntries(OTHERS.map((name) => [name, tableOf(1)]));
  return StoreDirectory.make({
    ...others,
    "offset.json.x.tmp": "",
    "offset.json..tmp": "",
    ...files,
  });
}

test("P8 open clears our own leftovers and nothing else", async () => {
  await using at = await littered({ "offset.json": tableOf(2) });
  await at.open();
  assert.deepEqual(await at.names(), ["offset.json", ...OTHERS].sort());
});

test("P8 after a recovery they stay until the first persist has succeeded", async () => {
  await using at = await littered({ "offset.json": "bad" });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  const before = await at.names();
  store.update(queue(0), 2, true);
  faulty.faults = [{ when: ({ name }) => name === "rename", code: "EIO", once: true }];
  await assert.rejects(store.persist());
  const withoutKept = async () => (await at.names()).filter((name) => !name.includes(".corrupt-"));
  assert.deepEqual(await withoutKept(), before);
  await store.persist();
  assert.deepEqual(await withoutKept(), ["offset.json", ...OTHERS].sort());
  // Once is enough: what comes later is another store's.
  await at.write("offset.json.y.tmp", "");
  store.update(queue(0), 3, true);
  await store.persist();
  assert.ok((await at.names()).includes("offset.json.y.tmp"));
});

test("P8 first writes that crash again and again do not pile up", async () => {
  await using at = await StoreDirectory.make({ "offset.json.1.tmp": "{", "offset.json.2.tmp": "" });
  const { loadOutcome } = await at.open();
  assert.equal(loadOutcome.kind, "fresh");
  assert.deepEqual(loadOutcome.faults.map(({ path }) => path), [
    ...["1", "2"].map((each) => `${at.main}.${each}.tmp`),
  ]);
  assert.deepEqual(await at.names(), []);
});

test("P8 leftovers that cannot be cleared are worth a word, not a failure", async () => {
  for (const [name, code] of [["unlink", "EACCES"], ["readDirectory", undefined]] as const) {
    await using at = await littered({ "offset.json": tableOf(2) });
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: (call) => call.name === name, code }];
    const seen: Diagnostic[] = [];
    const onDiagnostic = (each: Diagnostic) => void seen.push(each);
    const store = await at.open({ fileSystem: faulty.fileSystem, onDiagnostic });
    assert.equal(store.peek(queue(0)), 2n);
    assert.equal(seen.length, 1);
    const [diagnostic] = seen;
    assert.ok(diagnostic.kind === "cleanup-failed");
    assert.equal(diagnostic.path, at.main);
    assert.match((diagnostic.error as Error).message, new RegExp(`: ${name} failed$`));
    const isListed = name === "readDirectory";
    assert.equal((diagnostic.error as Error).name, isListed ? "OffsetLoadError" : "Error");
    if (isListed) assert.equal((diagnostic.error as { path: string }).path, at.directory);
  }
});

test("P8 a leftover that somebody else clears first is no failure", async () => {
  await using at = await littered({ "offset.json": tableOf(2) });
  const faulty = new FaultyFileSystem();
  faulty.before = async ({ name, path }) => {
    if (name === "unlink") await rm(path);
  };
  const seen: Diagnostic[] = [];
  await at.open({ fileSystem: faulty.fileSystem, onDiagnostic: (each) => seen.push(each) });
  assert.deepEqual(seen, []);
  assert.deepEqual(await at.names(), ["offset.json", ...OTHERS].sort());
});

test("P8 a temporary file of that name is another's: it is not written, and not removed", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open({ fileSystem: { ...nodeFileSystem, uniqueName: () => "taken" } });
  await at.write("offset.json.taken.tmp", "another's");
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EEXIST" });
  assert.equal(await at.text("offset.json.taken.tmp"), "another's");
});

test("P8 a failure after the temporary file is written removes it, whatever its code", async () => {
  for (const name of ["link", "rename"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: (call) => call.name === name, code: "EEXIST" }];
    const store = await at.open({ fileSystem: faulty.fileSystem });
    store.update(queue(0), 2, true);
    await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EEXIST" });
    assert.deepEqual((await at.names()).filter((each) => each.endsWith(".tmp")), []);
  }
});

test("P8 a temporary file that keeps vanishing is given up after three attempts", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const names: string[] = [];
  faulty.before = async ({ name, path }) => {
    if (name === "create") names.push(path);
    if (name !== "rename") return;
    for (const each of await readdir(at.directory)) {
      if (each.endsWith(".tmp")) await rm(at.path(each));
    }
  };
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), { code: "ENOENT", onDisk: "previous" });
  assert.equal(new Set(names).size, 3);
  assert.equal(names.length, 3);
});

test("P8 leftovers are found in the same order whatever the system's, and none where nothing is", async () => {
  await using at = await StoreDirectory.make();
  assert.deepEqual(await findLeftovers(nodeFileSystem, at.main), []);
  const names = ["offset.json.2.tmp", "offset.json.tmp", "offset.json.1.tmp", "offset.json.x"];
  for (const listed of [names, names.toReversed()]) {
    const fileSystem = { ...nodeFileSystem, readDirectory: async () => listed };
    assert.deepEqual(
      await findLeftovers(fileSystem, at.main),
      ["1.tmp", "2.tmp", "tmp"].map((end) => `${at.main}.${end}`),
    );
  }
});
