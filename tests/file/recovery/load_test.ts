import assert from "node:assert/strict";
import { readFile, rm, utimes } from "node:fs/promises";
import { test } from "node:test";
import { nodeFileSystem, OffsetFileCorruptError, OffsetTable, serialize } from "../../../mod.ts";
import { partsOf } from "../../../src/core/table/offset_table.ts";
import { recover } from "../../../src/file/recovery/recover.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { headerOf } from "../../support/journal_lines.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { pendingBackupName, temporaryName } from "../../support/temporary_names.ts";

const GOOD = tableOf(5);
const OLD = tableOf(3);
const BAD: Record<string, string> = {
  empty: "",
  truncated: serialize(GOOD).slice(0, 40),
  garbled: "garbage",
  NULs: "\0".repeat(64),
};

test("L1 no file at all is an empty, fresh store, and open leaves nothing behind", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  assert.deepEqual(store.loadOutcome, {
    kind: "fresh",
    source: undefined,
    journalRecords: 0,
    faults: [],
    keptAside: [],
  });
  assert.equal(store.snapshot().size, 0);
  await assert.rejects(at.names());
});

test("L1 only the store itself knows its queues, if it begins with nothing", async () => {
  for (const [files, kind] of [[{}, "fresh"], [{ "offset.json": "bad" }, "reset"]] as const) {
    await using at = await StoreDirectory.make(files);
    const store = await at.open({ onCorrupt: "reset", journal: true });
    assert.equal(store.loadOutcome.kind, kind);
    store.update(queue(0), 1, true);
    await store.persist();
    store.update(queue(1), 1, true);
    await store.persist();
    // Otherwise each store would hold the queues of all others.
    assert.equal(partsOf(OffsetTable.empty).index.size, 0);
    assert.equal(OffsetTable.empty.size, 0);
  }
});

test("L1 a first write that was not finished is no offset file", async () => {
  await using at = await StoreDirectory.make({ [temporaryName(1)]: BAD.truncated });
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "fresh");
  assert.equal(store.loadOutcome.faults.length, 1);
  store.update(queue(0), 1, true);
  await store.persist();
  store.update(queue(0), 2, true);
  await store.persist();
  // P8: it is removed once there is a valid main.
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("L2 L3 L6 a valid main is used, whatever lies beside it, and nothing is changed", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": GOOD,
    "offset.json.bak": "garbage",
    "offset.json.tmp": tableOf(9),
    [temporaryName(1)]: tableOf(9),
    [pendingBackupName(1)]: tableOf(9),
  });
  const names = await at.names();
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "loaded");
  assert.equal(store.loadOutcome.source, at.main);
  assert.ok(store.snapshot().equals(GOOD));
  assert.deepEqual(await at.names(), names);
});

for (const [what, text] of Object.entries(BAD)) {
  test(`L2 L3 a main that is ${what} falls back to the backup`, async () => {
    await using at = await StoreDirectory.make({
      "offset.json": text,
      "offset.json.bak": OLD,
      "offset.json.tmp": tableOf(9),
    });
    const { loadOutcome } = await at.open();
    assert.equal(loadOutcome.kind, "recovered");
    assert.equal(loadOutcome.source, `${at.main}.bak`);
    assert.deepEqual(loadOutcome.faults.map(({ path }) => path), [at.main]);
    assert.equal(await at.text("offset.json"), text);
  });

  test(`L4 a main that is ${what} and a bad backup are an error that names both`, async () => {
    await using at = await StoreDirectory.make({ "offset.json": text, "offset.json.bak": "" });
    await assert.rejects(at.open(), (error) => {
      assert.ok(error instanceof OffsetFileCorruptError);
      assert.deepEqual(error.faults.map(({ path }) => path), [at.main, `${at.main}.bak`]);
      assert.equal(error.faults[1].reason, "it is empty");
      assert.deepEqual(error.candidates, []);
      assert.match(error.message, /^Cannot load offsets from ".*": no file is usable \(/);
      return true;
    });
    assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  });
}

test("L2 a missing main and no usable backup: the newest of the complete temporary files", async () => {
  for (const newest of ["offset.json.tmp", temporaryName(1)]) {
    await using at = await StoreDirectory.make({
      "offset.json.tmp": tableOf(1),
      [temporaryName(1)]: tableOf(1),
      "offset.json.bak": BAD.truncated,
      [temporaryName(2)]: BAD.truncated,
    });
    await at.write(newest, GOOD);
    for (const name of await at.names()) {
      const time = new Date(name === newest ? 2_000_000 : 1_000_000);
      await utimes(at.path(name), time, time);
    }
    const store = await at.open();
    assert.equal(store.loadOutcome.source, at.path(newest));
    assert.deepEqual(store.loadOutcome.faults[0], { path: at.main, reason: "it is missing" });
    assert.ok(store.snapshot().equals(GOOD));
    await store.persist();
    assert.ok((await at.table()).equals(GOOD));
  }
});

test("L4 on request a reset starts empty, and keeps the bad files under other names", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "torn", "offset.json.bak": "too" });
  const store = await at.open({ onCorrupt: "reset" });
  const { kind, keptAside, faults } = store.loadOutcome;
  assert.equal(kind, "reset");
  assert.equal(faults.length, 2);
  assert.deepEqual(
    await Promise.all(keptAside.map((path) => readFile(path, "utf8"))),
    ["torn", "too"],
  );
  store.update(queue(0), 1, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(await readFile(keptAside[0], "utf8"), "torn");
});

test("L4 a wrong checksum alone is not fallen back from: both candidates are named", async () => {
  const edited = serialize(GOOD, { checksum: true }).replace(":5}", ":6}");
  await using at = await StoreDirectory.make({ "offset.json": edited, "offset.json.bak": OLD });
  await assert.rejects(at.open(), (error) => {
    assert.ok(error instanceof OffsetFileCorruptError);
    assert.deepEqual(error.candidates, [at.main, `${at.main}.bak`]);
    assert.match(error.message, /it must be decided whether to use ".*" or ".*\.bak" \(/);
    assert.match(error.message, /offsets verify --accept FILE/);
    return true;
  });
  const store = await at.open({ onCorrupt: "reset" });
  assert.equal(store.loadOutcome.kind, "recovered");
  assert.equal(await readFile(store.loadOutcome.keptAside[0], "utf8"), edited);
  assert.ok(store.snapshot().equals(OLD));
});

test("L4 a wrong checksum without a backup names the one candidate", async () => {
  const edited = serialize(GOOD, { checksum: true }).replace(":5}", ":6}");
  await using at = await StoreDirectory.make({ "offset.json": edited });
  await assert.rejects(at.open(), (error) => {
    assert.ok(error instanceof OffsetFileCorruptError);
    assert.deepEqual(error.candidates, [at.main]);
    assert.deepEqual(error.faults.map(({ path }) => path), [at.main]);
    assert.match(error.message, /: it must be decided whether to use "[^"]*offset\.json" \(/);
    return true;
  });
});

test("L2 beside a bad main, only backups are read, and no temporary file can fail the load", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": GOOD,
    [pendingBackupName(1)]: "bad",
    [temporaryName(1)]: "bad",
    "offset.json.tmp": "bad",
  });
  const faulty = new FaultyFileSystem();
  const read: string[] = [];
  faulty.before = ({ name, path }) => void (name === "readFile" && read.push(path));
  faulty.faults = [{ when: ({ path }) => path === at.path(temporaryName(1)), code: "EACCES" }];
  await at.open({ fileSystem: faulty.fileSystem });
  const names = ["offset.json.journal", "offset.json", "offset.json.bak", pendingBackupName(1)];
  assert.deepEqual(read, names.map((name) => at.path(name)));
});

// Three crashes within a minute led here, where a rename is not atomic: another client empties main,
// a process is killed with a complete temporary file, the next one loads the backup, and its own
// rename leaves no main.
test("L6 L2 a load that showed the backup is not taken back for a newer temporary file", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "",
    "offset.json.bak": OLD,
    [temporaryName(1)]: serialize(GOOD, { generation: 9 }),
    "offset.json.tmp": serialize(GOOD, { generation: 9 }),
  });
  await utimes(at.path("offset.json.bak"), new Date(1_000_000), new Date(1_000_000));
  assert.ok((await at.open()).snapshot().equals(OLD));
  await rm(at.main);
  const { loadOutcome } = await at.open();
  assert.equal(loadOutcome.source, at.path("offset.json.bak"));
});

test("J3 L1 a journal alone that never had a record is a fresh store's, and is found", async () => {
  await using at = await StoreDirectory.make({
    "offset.json.journal": headerOf({ length: 5, crc32: 7 }),
  });
  const { outcome, journal } = await recover(nodeFileSystem, at.main, "full");
  assert.equal(outcome, "fresh");
  assert.equal(journal?.relation, "leftover");
  assert.deepEqual(journal.file.info, await nodeFileSystem.stat(at.path("offset.json.journal")));
});

test("J2 L4 a bad journal alone is no fresh store", async () => {
  await using at = await StoreDirectory.make({
    "offset.json.journal": `garbage\n${headerOf({ length: 5, crc32: 7 })}`,
  });
  await assert.rejects(at.open(), (error) => {
    assert.ok(error instanceof OffsetFileCorruptError);
    assert.deepEqual(error.faults.map(({ path }) => path), [at.path("offset.json.journal")]);
    return true;
  });
});
