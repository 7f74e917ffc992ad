/** The journal: what is appended, and what a load makes of it. */
import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import type { Diagnostic } from "../../../mod.ts";
import { hexadecimal } from "../../../src/core/format/checksum.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL, journaled, lines, textOf } from "../../support/journaled.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { noting } from "../../support/noting.ts";

test("J1 J2 a persist appends one line with what has changed, and syncs it once", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await journaled(at, { fileSystem: faulty.fileSystem });
  const [header, ...records] = await lines(at);
  const main = await at.text("offset.json");
  const id = `"length":${main.length},"crc32":"${hexadecimal(crc32(main))}"`;
  assert.equal(header, `{"version":1,"generation":1,${id},"durability":"full"}`);
  assert.match(main, /,"generation":1,"crc32":"[0-9a-f]{8}"\}$/);
  const key = String.raw`"{\"topic\":\"orders\",\"brokerName\":\"broker-a\",\"queueId\":0}"`;
  assert.deepEqual(records, [2, 3].map((offset) => `{"offsetTable":{${key}:${offset}}}`));
  assert.ok((await at.table()).equals(tableOf(1, 1)), "the snapshot is as it was");
  faulty.take();
  store.update(queue(1), 7, true);
  await store.persist();
  const changing = faulty.take().filter((name) => name !== "stat");
  assert.deepEqual(changing, ["write", "syncData"]);
  assert.equal(store.status().generationsWritten, 4);
});

test("J1 the cost of a record does not depend on the size of the table", async () => {
  const lengths = [];
  for (const queues of [1, 1000]) {
    await using at = await StoreDirectory.make();
    const store = await at.open({ journal: true });
    for (let id = 0; id < queues; id++) store.update(queue(id), 1, true);
    await store.persist();
    const before = store.status().bytesWritten;
    for (const offset of [2, 3]) {
      store.update(queue(0), offset, true);
      await store.persist();
    }
    lengths.push(store.status().bytesWritten - before);
  }
  assert.equal(lengths[0], lengths[1]);
});

test("J1 P6 a persist without changes is no record, and neither is persist([])", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  store.update(queue(0), 1, true);
  await store.persist();
  await store.persist([]);
  assert.equal((await lines(at)).length, 3);
});

test("J3 a load applies the records to the snapshot, with a journal of its own or without", async () => {
  for (const journal of [true, false]) {
    await using at = await StoreDirectory.make();
    await journaled(at);
    await using again = await at.open({ journal });
    assert.ok(again.snapshot().equals(tableOf(3, 1)));
    assert.deepEqual(again.loadOutcome, {
      kind: "loaded",
      source: at.main,
      journalRecords: 2,
      faults: [],
      keptAside: [],
    });
  }
});

test("J2 a torn tail is cut and reported, wherever it was torn", async () => {
  await using at = await StoreDirectory.make();
  await journaled(at);
  const [header, first, second] = (await textOf(at)).split(/(?<=\n)/);
  const [most, some, room] = [second.slice(0, -1), second.slice(0, 20), "\0".repeat(64)];
  for (const tail of [most, some, some + room, room + some, "x\n", " "]) {
    await at.write(JOURNAL, header + first + tail);
    const { loadOutcome, ...store } = await at.open();
    assert.equal(loadOutcome.journalRecords, 1);
    const end = (header + first).length;
    const reason = `its last record was not written to the end, and is cut at position ${end}`;
    assert.deepEqual(loadOutcome.faults, [{ path: at.path(JOURNAL), reason }]);
    assert.ok(store);
  }
  await at.write(JOURNAL, header.slice(0, 30));
  const torn = await at.open();
  assert.equal(torn.loadOutcome.journalRecords, 0);
  assert.ok(torn.snapshot().equals(tableOf(1, 1)));
});

test("J2 L4 a damaged record before good ones is corruption, and so is one that is none", async () => {
  await using at = await StoreDirectory.make();
  await journaled(at);
  const text = await at.text(JOURNAL);
  const damaged = text.replace(/:2\}\}\n/, ":9}}\n");
  await at.write(JOURNAL, damaged);
  const position = text.indexOf("\n") + 1;
  const reason = "the record that begins here is damaged, and good ones follow it, " +
    `at position ${position}`;
  await assert.rejects(at.open(), {
    name: "OffsetFileCorruptError",
    message: `Cannot load offsets from ${JSON.stringify(at.main)}: it must be decided whether to ` +
      `use ${JSON.stringify(at.main)} (${JSON.stringify(at.path(JOURNAL))}: ${reason})`,
    candidates: [at.main],
  });
  assert.equal(await at.text(JOURNAL), damaged, "nothing is changed");
  const reset = await at.open({ onCorrupt: "reset" });
  assert.ok(reset.snapshot().equals(tableOf(1, 1)));
  assert.equal(await at.text(reset.loadOutcome.keptAside[0].split("/").at(-1)!), damaged);
});

test("J3 a journal of another snapshot is not applied, but kept aside and reported", async () => {
  await using at = await StoreDirectory.make();
  await journaled(at);
  const text = await at.text(JOURNAL);
  // As Go's client leaves it: an older table, and the journal that it knows nothing of.
  await at.write("offset.json", tableOf(2, 9));
  const told: Diagnostic[] = [];
  const store = await at.open({ journal: true, onDiagnostic: noting(told) });
  assert.ok(store.snapshot().equals(tableOf(2, 9)));
  const { faults, journalRecords } = store.loadOutcome;
  assert.equal(journalRecords, 0);
  assert.deepEqual(faults, [{
    path: at.path(JOURNAL),
    reason: "it extends another file than the one that is there, and was not applied",
  }]);
  await store.persist();
  assert.deepEqual(told, [], "with nothing to write, nothing is written");
  store.update(queue(0), 3, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(3, 9)));
  const [aside] = (await at.names()).filter((name) => name.includes(".corrupt-"));
  assert.equal(await at.text(aside), text);
  assert.deepEqual(told, [{ kind: "kept-aside", path: at.path(JOURNAL), keptAs: at.path(aside) }]);
  store.update(queue(0), 4, true);
  await store.persist();
  assert.equal((await lines(at)).length, 2, "a new one is begun");
});

test("J3 a journal that a compaction has not removed yet is superseded without a report", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  await copyFile(at.path(JOURNAL), at.path("kept"));
  await store.close();
  assert.deepEqual(await at.names(), ["kept", "offset.json", "offset.json.bak"]);
  await copyFile(at.path("kept"), at.path(JOURNAL));
  const again = await at.open();
  assert.ok(again.snapshot().equals(tableOf(3, 1)));
  assert.deepEqual([again.loadOutcome.faults, again.loadOutcome.journalRecords], [[], 0]);
  await again.persist();
  await again.close();
  assert.ok((await at.names()).includes(JOURNAL), "with nothing to write, nothing is removed");
  const last = await at.open();
  last.update(queue(0), 4, true);
  await last.persist();
  assert.deepEqual(await at.names(), ["kept", "offset.json", "offset.json.bak"]);
});

test("L2 L4 a journal goes with the file that it extends, and is missed without it", async () => {
  await using at = await StoreDirectory.make();
  await journaled(at);
  const main = await at.text("offset.json");
  await at.write("offset.json", "");
  await assert.rejects(at.open(), (error: { faults: { path: string; reason: string }[] }) => {
    assert.deepEqual(error.faults.map(({ path, reason }) => [path, reason]), [
      [at.main, "it is empty"],
      [at.path(JOURNAL), "it extends a file that is not there"],
    ]);
    return true;
  });
  // Main is a second name of it, as after a write that was interrupted.
  await at.write("offset.json.bak", main);
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "recovered");
  assert.ok(store.snapshot().equals(tableOf(3, 1)));
});

test("D1 R3 a queue that is removed from memory stays in the journal's table", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  store.remove(queue(0));
  assert.equal(await store.read(queue(0), "store"), 3n);
  await store.close();
  assert.ok((await at.table()).equals(tableOf(3, 1)));
});

test("P4 P8 after a record that failed, a plain file is written; nothing is appended any more", async () => {
  for (const name of ["write", "syncData"]) {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const store = await journaled(at, { fileSystem: faulty.fileSystem });
    faulty.faults = [{ when: (call) => call.name === name, code: "EIO", once: true }];
    store.update(queue(0), 4, true);
    await assert.rejects(store.persist(), {
      name: "OffsetPersistError",
      code: "EIO",
      onDisk: "either",
    });
    assert.equal(store.peek(queue(0)), 4n);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(4, 1)));
    assert.ok(!(await at.names()).includes(JOURNAL));
    await store.close();
  }
});

test("J1 a journal's options are checked", async () => {
  await using at = await StoreDirectory.make();
  const open = (journal: unknown) => at.open({ journal: journal as boolean });
  for (const [wrong, shown] of [["yes", "yes"], [null, "null"]]) {
    await assert.rejects(open(wrong), {
      name: "TypeError",
      message: `Cannot use journal "${shown}": it is neither a boolean nor an object; ` +
        "pass true, or { compactAtBytes: 65536 }",
    });
  }
  for (const compactAtBytes of [-1, 1.5, "9", undefined]) {
    await assert.rejects(open({ compactAtBytes }), {
      name: "RangeError",
      message: /^Cannot use compactAtBytes ".*": it is not an integer from 0 to 9007199254740991$/,
    });
  }
});
