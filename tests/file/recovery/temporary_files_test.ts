/** The files that interrupted writes leave, and their end. */
import assert from "node:assert/strict";
import { rm, utimes } from "node:fs/promises";
import { test } from "node:test";
import { type Diagnostic, nodeFileSystem } from "../../../mod.ts";
import { findTemporaryFiles } from "../../../src/file/recovery/temporary_files.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const UNIQUE = "20261130T031600.123Z-0123abcd";
const OURS = [`offset.json.${UNIQUE}.tmp`, `offset.json.${UNIQUE}.bak.tmp`];
const OTHERS = [
  "offset.json.bak",
  "offset.json.tmp",
  "offset.json.mine.tmp",
  `offset.json.${UNIQUE}.tmp.gz`,
  `offset.json.X${UNIQUE}.tmp`,
  `offset.jsonx.${UNIQUE}.tmp`,
];

/** A store directory with our leftovers, Go's one temporary file, and files of others. */
function littered(files: Parameters<typeof StoreDirectory.make>[0] = {}) {
  const all = Object.fromEntries([...OURS, ...OTHERS].map((name) => [name, tableOf(1)]));
  return StoreDirectory.make({ ...all, ...files });
}

async function persist(at: StoreDirectory, options = {}) {
  const store = await at.open(options);
  store.update(queue(0), 5, true);
  await store.persist();
  return store;
}

test("P8 an open removes nothing, and a persist our own leftovers and nothing else", async () => {
  await using at = await littered({ "offset.json": tableOf(2) });
  await at.open();
  assert.deepEqual(await at.names(), ["offset.json", ...OURS, ...OTHERS].sort());
  await persist(at);
  assert.deepEqual(await at.names(), ["offset.json", ...OTHERS].sort());
});

test("P8 a leftover that is younger than a minute may be a write that is under way", async () => {
  await using at = await littered({ "offset.json": tableOf(2) });
  const seconds = Date.now() / 1000 - 50;
  for (const name of OURS) await utimes(at.path(name), seconds, seconds);
  await persist(at);
  assert.deepEqual(await at.names(), ["offset.json", ...OURS, ...OTHERS].sort());
});

test("P8 beside a bad main leftovers stay: one may be the best copy", async () => {
  await using at = await littered({ "offset.json": "bad" });
  const store = await persist(at);
  for (const name of OURS) assert.ok((await at.names()).includes(name), name);
  store.update(queue(0), 6, true);
  await store.persist();
  for (const name of OURS) assert.ok(!(await at.names()).includes(name), name);
});

test("P8 leftovers that cannot be removed are worth a word, not a failure", async () => {
  for (const [name, code] of [["unlink", "EACCES"], ["readDirectory", undefined]] as const) {
    await using at = await littered({ "offset.json": tableOf(2) });
    const faulty = new FaultyFileSystem();
    faulty.faults = [{
      when: (call) => call.name === name && (name !== "unlink" || call.path.includes(UNIQUE)),
      code,
    }];
    const seen: Diagnostic[] = [];
    const onDiagnostic = (each: Diagnostic) => void seen.push(each);
    await persist(at, { fileSystem: faulty.fileSystem, onDiagnostic });
    assert.equal(seen.length, 1);
    const [diagnostic] = seen;
    assert.ok(diagnostic.kind === "cleanup-failed");
    assert.equal(diagnostic.path, at.main);
    assert.match((diagnostic.error as Error).message, new RegExp(`: ${name} failed$`));
  }
});

test("P8 a leftover that somebody else removes first is no failure", async () => {
  await using at = await littered({ "offset.json": tableOf(2) });
  const faulty = new FaultyFileSystem();
  faulty.before = async ({ name, path }) => {
    if (name === "unlink" && path.includes(UNIQUE)) await rm(path);
  };
  const seen: Diagnostic[] = [];
  await persist(at, {
    fileSystem: faulty.fileSystem,
    onDiagnostic: (each: Diagnostic) => seen.push(each),
  });
  assert.deepEqual(seen, []);
  assert.deepEqual(await at.names(), ["offset.json", ...OTHERS].sort());
});

test("P8 a temporary file of that name is another's: it is not written, and not removed", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open({ fileSystem: { ...nodeFileSystem, uniqueName: () => UNIQUE } });
  await at.write(OURS[0], "another's");
  const seconds = Date.now() / 1000;
  await utimes(at.path(OURS[0]), seconds, seconds);
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EEXIST" });
  assert.equal(await at.text(OURS[0]), "another's");
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

test("P8 temporary files are found in the same order whatever the system's, and none where nothing is", async () => {
  await using at = await StoreDirectory.make();
  const none = { pendingBackups: [], temporaries: [] };
  assert.deepEqual(await findTemporaryFiles(nodeFileSystem, at.main), none);
  const later = UNIQUE.replace("2026", "2027");
  const names = [`offset.json.${later}.tmp`, ...OURS, ...OTHERS];
  for (const listed of [names, names.toReversed()]) {
    const fileSystem = { ...nodeFileSystem, readDirectory: async () => listed };
    assert.deepEqual(await findTemporaryFiles(fileSystem, at.main), {
      pendingBackups: [at.path(OURS[1])],
      temporaries: [at.path(OURS[0]), `${at.main}.${later}.tmp`, `${at.main}.tmp`],
    });
  }
});
