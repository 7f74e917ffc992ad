import assert from "node:assert/strict";
import { readFile, utimes } from "node:fs/promises";
import { test } from "node:test";
import {
  nodeFileSystem,
  OffsetFileCorruptError,
  OffsetLoadError,
  OffsetTable,
  serialize,
} from "../../../mod.ts";
import { partsOf } from "../../../src/core/table/offset_table.ts";
import { recover } from "../../../src/file/recovery/recover.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { headerOf } from "../../support/journal_lines.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const GOOD = tableOf(5);
const OLD = tableOf(3);
const BAD: Record<string, string> = {
  empty: "",
  truncated: serialize(GOOD).slice(0, 40),
  garbled: "garbage",
  NULs: "\0".repeat(64),
};

const OURS = "offset.json.20000101T000000.001Z-00000001.tmp";
const OTHER = "offset.json.20000101T000000.002Z-00000002.tmp";

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

test("L1 the queues of a store that begins with nothing are known to it alone", async () => {
  for (const [files, kind] of [[{}, "fresh"], [{ "offset.json": "bad" }, "reset"]] as const) {
    await using at = await StoreDirectory.make(files);
    const store = await at.open({ onCorrupt: "reset", journal: true });
    assert.equal(store.loadOutcome.kind, kind);
    store.update(queue(0), 1, true);
    await store.persist();
    store.update(queue(1), 1, true);
    await store.persist();
    // Or each would hold, and go through, what all others ever had.
    assert.equal(partsOf(OffsetTable.empty).index.size, 0);
    assert.equal(OffsetTable.empty.size, 0);
  }
});

test("L1 a first write that was not finished is no offset file", async () => {
  await using at = await StoreDirectory.make({ [OURS]: BAD.truncated });
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "fresh");
  assert.equal(store.loadOutcome.faults.length, 1);
  for (const offset of [1, 2]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("L2 L3 a valid main is used, whatever lies beside it", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": GOOD,
    "offset.json.bak": "garbage",
    "offset.json.tmp": tableOf(9),
    [OURS]: tableOf(9),
  });
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "loaded");
  assert.equal(store.loadOutcome.source, at.main);
  assert.ok(store.snapshot().equals(GOOD));
  // P8: an open removes nothing.
  assert.equal((await at.names()).length, 4);
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

test("L2 a missing main: the newest of the complete temporary files and the backup", async () => {
  for (const newest of ["offset.json.tmp", OURS, "offset.json.bak"]) {
    await using at = await StoreDirectory.make({
      "offset.json.tmp": tableOf(1),
      [OURS]: tableOf(1),
      "offset.json.bak": tableOf(1),
      [OTHER]: BAD.truncated,
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
          assert.match(error.message, /^Cannot load offsets from ".*": .*readFile failed$/);
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

test("L6 what a load answers was synced, file and directory; and a second load answers it too", async () => {
  for (const name of ["offset.json", "offset.json.bak"]) {
    await using at = await StoreDirectory.make({ [name]: GOOD });
    const faulty = new FaultyFileSystem();
    const first = await at.open({ fileSystem: faulty.fileSystem });
    const syncs = faulty.take().filter((name) => name.startsWith("sync"));
    // The file, its directory, and the entries of the three directories on the way to it.
    assert.deepEqual(syncs, ["syncFile", ...Array(4).fill("syncDirectory")]);
    const second = await at.open({ fileSystem: faulty.fileSystem, durability: "relaxed" });
    assert.deepEqual(faulty.take().filter((name) => name.startsWith("sync")), []);
    assert.deepEqual(second.loadOutcome, first.loadOutcome);
    assert.ok(second.snapshot().equals(first.snapshot()));
    assert.notEqual(second.snapshot(), OffsetTable.empty);
  }
});

test("L6 a load whose sync fails is no load", async () => {
  await using at = await StoreDirectory.make({ "offset.json": GOOD });
  for (const name of ["syncFile", "syncDirectory"]) {
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: (call) => call.name === name, code: "EIO" }];
    await assert.rejects(at.open({ fileSystem: faulty.fileSystem }), OffsetLoadError);
  }
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

test("L2 with a bad main, nothing but the journal, main and the backup is read", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad", "offset.json.bak": GOOD });
  const faulty = new FaultyFileSystem();
  const read: string[] = [];
  faulty.before = ({ name, path }) => void (name === "readFile" && read.push(path));
  await at.open({ fileSystem: faulty.fileSystem });
  assert.deepEqual(read, [".journal", "", ".bak"].map((end) => at.main + end));
});

test("L2 of a temporary file and a backup of the same time, the temporary file is the newer", async () => {
  await using at = await StoreDirectory.make({
    [OURS]: GOOD,
    "offset.json.bak": OLD,
  });
  const time = new Date(1_000_000);
  for (const name of await at.names()) await utimes(at.path(name), time, time);
  assert.equal((await at.open()).loadOutcome.source, at.path(OURS));
});

test("L4 a failure that says nothing about the file is not taken for a bad one", async () => {
  await using at = await StoreDirectory.make({ "offset.json": GOOD, "offset.json.bak": OLD });
  let isFirst = true;
  const bytes = {
    get length() {
      if (!isFirst) return 0;
      isFirst = false;
      throw new RangeError("out of memory");
    },
  } as Uint8Array;
  const info = (await nodeFileSystem.stat(at.main))!;
  const readFile = async (path: string) =>
    path === at.main ? { bytes, info } : await nodeFileSystem.readFile(path);
  const fileSystem = { ...nodeFileSystem, readFile };
  await assert.rejects(at.open({ fileSystem }), /^RangeError: out of memory$/);
});

test("J3 L1 a journal alone that never had a record is a fresh store's, and is found", async () => {
  await using at = await StoreDirectory.make({
    "offset.json.journal": headerOf({ length: 5, crc32: 7 }),
  });
  const found = await recover(nodeFileSystem, at.main, "full");
  const info = await nodeFileSystem.stat(at.path("offset.json.journal"));
  assert.equal(found.outcome, "fresh");
  assert.equal(found.journal?.relation, "leftover");
  assert.deepEqual(found.journal?.file.info, info);
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
