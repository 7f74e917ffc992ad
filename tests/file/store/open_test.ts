/** What an open does and tells, besides loading. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, OffsetFileCorruptError, serialize } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL, journaled } from "../../support/journaled.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { noting } from "../../support/noting.ts";

test("S1 a file carries a checksum unless it was asked to have none", async () => {
  for (const checksum of [undefined, true, false]) {
    await using at = await StoreDirectory.make();
    const store = await at.open({ checksum });
    store.update(queue(0), 5, true);
    await store.persist();
    const text = serialize(tableOf(5), { checksum: checksum ?? true });
    assert.equal(text.includes("crc32"), checksum !== false);
    assert.equal(await at.text("offset.json"), text);
  }
});

test("L3 a recovery and a reset are reported, with what was found; a plain load is not", async () => {
  const bad = { "offset.json": "bad" };
  for (
    const [files, kind] of [
      [{ ...bad, "offset.json.bak": tableOf(1) }, "recovered"],
      [bad, "reset"],
      [{ "offset.json": tableOf(1) }, undefined],
      [{}, undefined],
    ] as const
  ) {
    await using at = await StoreDirectory.make(files);
    const seen: Diagnostic[] = [];
    const onDiagnostic = noting(seen);
    const { loadOutcome: outcome } = await at.open({ onCorrupt: "reset", onDiagnostic });
    const path = at.main;
    assert.deepEqual(seen, kind === undefined ? [] : [{ kind, path, outcome }]);
  }
});

test("L4 a reset that cannot move a bad file is an error that names it, and changes nothing", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "rename", code: "EACCES" }];
  await assert.rejects(at.open({ fileSystem: faulty.fileSystem, onCorrupt: "reset" }), {
    name: "OffsetLoadError",
    path: at.main,
    code: "EACCES",
  });
  assert.equal(await at.text("offset.json"), "bad");
});

test("L4 a bad file that turns up during a reset is not reset too", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const faulty = new FaultyFileSystem();
  let isFirst = true;
  faulty.before = async ({ name }) => {
    if (name !== "syncDirectory" || !isFirst) return;
    isFirst = false;
    await at.write("offset.json", "bad again");
  };
  const opening = at.open({ fileSystem: faulty.fileSystem, onCorrupt: "reset" });
  await assert.rejects(opening, OffsetFileCorruptError);
  assert.equal(await at.text("offset.json"), "bad again");
});

test("L6 J4 a journal that goes before its sync, since its store closes, is no failure of an open", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  const faulty = new FaultyFileSystem();
  faulty.before = async ({ name, path }) => {
    if (name === "syncFile" && path.endsWith(JOURNAL)) await store.close();
  };
  const opened = await at.open({ fileSystem: faulty.fileSystem });
  assert.ok(opened.snapshot().equals(tableOf(3, 1)));
  assert.equal(opened.loadOutcome.journalRecords, 0);
  // A file that vanishes each time is reported.
  faulty.before = () => {};
  faulty.faults = [{ when: ({ name }) => name === "syncFile", code: "ENOENT" }];
  await assert.rejects(at.open({ fileSystem: faulty.fileSystem }), { name: "OffsetLoadError" });
  assert.ok(faulty.calls.filter((name) => name === "syncFile").length < 10);
});
