/** The journal: what is appended, what a load makes of it, and when it goes. */
import assert from "node:assert/strict";
import { copyFile, stat, utimes } from "node:fs/promises";
import { test } from "node:test";
import { type Diagnostic, OffsetConflictError, OffsetTable } from "../../mod.ts";
import { FaultyFileSystem } from "../support/faulty_file_system.ts";
import { withClockAt } from "../support/stopped_clock.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";

const JOURNAL = "offset.json.journal";

/** A store with a snapshot of two queues at 1 and a journal in which the first is at 2, then at 3. */
async function journaled(at: StoreDirectory, options = {}) {
  const store = await at.open({ journal: true, ...options });
  for (const id of [0, 1]) store.update(queue(id), 1, true);
  await store.persist();
  for (const offset of [2, 3]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  return store;
}

const LINE = /^[0-9a-f]{8} (.*)$/;

/** What was written, without the room behind it. */
async function textOf(at: StoreDirectory): Promise<string> {
  return (await at.text(JOURNAL)).replace(/\0+$/, "");
}

async function lines(at: StoreDirectory): Promise<string[]> {
  const text = await textOf(at);
  assert.ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => LINE.exec(line)![1]);
}

test("J1 J2 a persist appends one line with what has changed, and syncs it once", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const store = await journaled(at, { fileSystem: faulty.fileSystem });
  const [header, ...records] = await lines(at);
  assert.match(header, /^\{"snapshot":\{"length":\d+,"crc32":"[0-9a-f]{8}"\}\}$/);
  const key = String.raw`"{\"topic\":\"orders\",\"brokerName\":\"broker-a\",\"queueId\":0}"`;
  assert.deepEqual(records, [2, 3].map((offset) => `{"offsetTable":{${key}:${offset}}}`));
  assert.ok((await at.table()).equals(tableOf(1, 1)), "the snapshot is as it was");
  faulty.take();
  store.update(queue(1), 7, true);
  await store.persist();
  assert.deepEqual(faulty.take(), ["stat", "stat", "write", "syncData"]);
  assert.equal(store.status().generationsWritten, 4);
});

test("J1 room is made for many records, of which each then syncs no more than itself", async () => {
  for (const [compactAtBytes, room] of [[64_000, 64_000], [1e6, 65_536], [1000, 1000]]) {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const { fileSystem } = faulty;
    const store = await journaled(at, { journal: { compactAtBytes }, fileSystem });
    const [header] = (await textOf(at)).split(/(?<=\n)/);
    assert.equal((await at.text(JOURNAL)).length, header.length + room);
    assert.equal(faulty.take().filter((name) => name === "reserve").length, 1);
    assert.ok((await at.open()).snapshot().equals(store.snapshot()));
  }
});

test("J1 when the room is used up, as much again is made", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at, { journal: { compactAtBytes: 1e6 } });
  let end = (await at.text(JOURNAL)).length;
  let rooms = 0;
  for (let offset = 4n; rooms < 2; offset++) {
    for (let id = 0; id < 100; id++) store.update(queue(id), offset, true);
    await store.persist();
    const { length } = await textOf(at);
    if (length > end) [end, rooms] = [length + 65_536, rooms + 1];
    assert.equal((await at.text(JOURNAL)).length, end);
  }
  assert.ok((await at.open()).snapshot().equals(store.snapshot()));
});

test("J1 where no room can be made, records are appended", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "reserve", code: "ENOSPC" }];
  await journaled(at, { fileSystem: faulty.fileSystem });
  assert.equal(await textOf(at), await at.text(JOURNAL));
  assert.ok((await at.open()).snapshot().equals(tableOf(3, 1)));
});

test("J1 what a record costs does not depend on the size of the table", async () => {
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

test("J1 P6 nothing new is no record, and persist([]) neither", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  store.update(queue(0), 1, true);
  await store.persist();
  await store.persist([]);
  assert.equal((await lines(at)).length, 3);
});

test("J3 a load applies the records to the snapshot, whoever loads", async () => {
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
    `at position ${position} of ${text.length}`;
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
  const store = await at.open({ journal: true, onDiagnostic: (each) => told.push(each) });
  assert.ok(store.snapshot().equals(tableOf(2, 9)));
  const { faults, journalRecords } = store.loadOutcome;
  assert.equal(journalRecords, 0);
  assert.deepEqual(faults, [{
    path: at.path(JOURNAL),
    reason: "it extends another file than the one that is there, and was not applied",
  }]);
  await store.persist();
  const [aside] = (await at.names()).filter((name) => name.includes(".corrupt-"));
  assert.equal(await at.text(aside), text);
  assert.equal(told[0].kind, "kept-aside");
  store.update(queue(0), 4, true);
  await store.persist();
  assert.equal((await lines(at)).length, 2, "a new one is begun");
});

test("J3 what a compaction has not removed yet is superseded without a word", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  await copyFile(at.path(JOURNAL), at.path("kept"));
  await store.close();
  assert.deepEqual(await at.names(), ["kept", "offset.json", "offset.json.bak"]);
  await copyFile(at.path("kept"), at.path(JOURNAL));
  const again = await at.open();
  assert.ok(again.snapshot().equals(tableOf(3, 1)));
  assert.deepEqual([again.loadOutcome.faults, again.loadOutcome.journalRecords], [[], 0]);
  await again.close();
  assert.ok(!(await at.names()).includes(JOURNAL));
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

test("J4 when the journal outgrows the snapshot, a plain file is written and the journal goes", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at, { journal: { compactAtBytes: 600 } });
  const snapshot = (await stat(at.main)).size;
  assert.ok(snapshot < 600);
  for (let offset = 4; (await stat(at.main)).size === snapshot; offset++) {
    const { length } = await textOf(at);
    assert.ok(length <= 600 + 110, `it has ${length} bytes`);
    store.update(queue(2), offset, true);
    await store.persist();
    // The compaction goes on behind the persist that made it due; another one waits for it.
    await store.persist();
  }
  assert.ok(!(await at.names()).includes(JOURNAL));
  assert.ok((await at.table()).equals(store.snapshot()));
  await store.close();
});

test("J4 after a clean close there is a plain file, and before it an older, valid one", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  assert.ok((await at.table()).equals(tableOf(1, 1)));
  await store.close();
  assert.ok((await at.table()).equals(tableOf(3, 1)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("J4 a close does not begin a journal: what has changed since the snapshot is in main", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open({ journal: true });
  for (const id of [0, 1]) store.update(queue(id), 1, true);
  await store.persist();
  store.update(queue(0), 2, true);
  await store.close();
  assert.ok((await at.table()).equals(tableOf(2, 1)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("J4 D2 a deletion is a plain file at once", async () => {
  await using at = await StoreDirectory.make();
  const store = await journaled(at);
  await store.deleteDurable(queue(1));
  assert.ok((await at.table()).equals(tableOf(3)));
  assert.ok(!(await at.names()).includes(JOURNAL));
  await store.close();
});

test("D1 R3 what is removed from memory stays in the journal's table", async () => {
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

test("P9 who did not write the journal notices that somebody appends to it", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 1) });
  const other = await at.open();
  const store = await at.open({ journal: true });
  store.update(queue(0), 2, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1, 1)), "main is the one that both have loaded");
  other.update(queue(1), 5, true);
  await assert.rejects(other.persist(), OffsetConflictError);
  assert.equal(await other.read(queue(0), "store"), 2n);
  const merging = await at.open({ onConflict: "merge" });
  store.update(queue(0), 3, true);
  await store.persist();
  merging.update(queue(1), 6, true);
  await merging.persist();
  assert.ok((await at.table()).equals(tableOf(3, 6)));
  store.update(queue(0), 4, true);
  await assert.rejects(store.persist(), OffsetConflictError);
});

test("P9 two who merge, both with a journal, lose no maximum", async () => {
  await using at = await StoreDirectory.make();
  const [a, b] = await Promise.all(
    [1, 2].map(() => at.open({ journal: true, onConflict: "merge" })),
  );
  for (let offset = 1; offset <= 6; offset++) {
    a.update(queue(0), offset, true);
    await a.persist();
    b.update(queue(1), 10 * offset, true);
    await b.persist();
  }
  await a.close();
  await b.close();
  assert.ok((await at.table()).equals(OffsetTable.from([[queue(0), 6], [queue(1), 60]])));
});

test("J1 a journal's options are checked", async () => {
  await using at = await StoreDirectory.make();
  const open = (journal: unknown) => at.open({ journal: journal as boolean });
  for (const [wrong, shown] of [["yes", "yes"], [null, "null"]]) {
    await assert.rejects(open(wrong), {
      name: "TypeError",
      message: `Cannot use journal "${shown}": it is neither a boolean nor an object`,
    });
  }
  for (const compactAtBytes of [-1, 1.5, "9", undefined]) {
    await assert.rejects(open({ compactAtBytes }), {
      name: "RangeError",
      message: /^Cannot use compactAtBytes ".*": it is not an integer from 0 to 9007199254740991$/,
    });
  }
});

test("P9 a record of another process is noticed, however soon after a load", async () => {
  const now = 1_700_000_000_000;
  await withClockAt(now, async () => {
    await using at = await StoreDirectory.make();
    const theirs = await journaled(at);
    // At one tick of the clock, in a journal that has room: neither time nor size tells.
    const persistAtOnce = async (offset: number) => {
      const { size } = await stat(at.path(JOURNAL));
      theirs.update(queue(0), offset, true);
      await theirs.persist();
      await utimes(at.path(JOURNAL), new Date(now), new Date(now));
      assert.equal((await stat(at.path(JOURNAL))).size, size);
    };
    await persistAtOnce(4);
    const ours = await at.open();
    await persistAtOnce(5);
    ours.update(queue(1), 2, true);
    await assert.rejects(ours.persist(), OffsetConflictError);
    for (const offset of [5, 6, 7]) {
      assert.equal(await ours.read(queue(0), "store"), BigInt(offset));
      await persistAtOnce(offset + 1);
    }
  });
});
