/** Loads that meet a journal: one that cannot be read, one that extends main, one that does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  nodeFileSystem,
  OffsetFileCorruptError,
  OffsetLoadError,
  serialize,
} from "../../../mod.ts";
import { hasSameRecords, readJournalFile } from "../../../src/file/recovery/read_journal_file.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { recordOf } from "../../support/journal_lines.ts";
import { headerText, journalText } from "../../support/journal_text.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const JOURNAL = "offset.json.journal";
const MAIN = serialize(tableOf(1, 1), { generation: 7 });
const FILES = { "offset.json": MAIN, [JOURNAL]: journalText(MAIN, [2n], [3n]) };

function unreadable(code: string): FaultyFileSystem {
  const faulty = new FaultyFileSystem();
  const when = ({ name, path }: { name: string; path: string }) =>
    name === "readFile" && path.endsWith(JOURNAL);
  faulty.faults = [{ when, code }];
  return faulty;
}

test("J5 L4 a journal whose content the device has lost is corruption", async () => {
  await using at = await StoreDirectory.make(FILES);
  const { fileSystem } = unreadable("EIO");
  await assert.rejects(at.open({ fileSystem }), (error) => {
    assert.ok(error instanceof OffsetFileCorruptError);
    const [{ path, reason, cause }, ...others] = error.faults;
    assert.deepEqual([path, reason, others], [at.path(JOURNAL), "EIO: readFile failed", []]);
    assert.equal((cause as { code?: string }).code, "EIO");
    assert.deepEqual(error.candidates, [at.main]);
    return true;
  });
});

test("J5 L5 a journal that may not be read is reported, neither bad nor missing", async () => {
  await using at = await StoreDirectory.make(FILES);
  const { fileSystem } = unreadable("EACCES");
  for (const onCorrupt of ["throw", "reset"] as const) {
    await assert.rejects(at.open({ fileSystem, onCorrupt }), (error) => {
      assert.ok(error instanceof OffsetLoadError);
      assert.deepEqual([error.path, error.code], [at.path(JOURNAL), "EACCES"]);
      return true;
    });
  }
  assert.deepEqual(await at.names(), Object.keys(FILES));
});

test("J5 L4 an error that says nothing about the journal is not taken for a bad one", async () => {
  await using at = await StoreDirectory.make(FILES);
  const { bytes, info } = await nodeFileSystem.readFile(at.path(JOURNAL));
  let isFirst = true;
  const unreadable = new Proxy(bytes, {
    get(target, name) {
      if (!isFirst) return Reflect.get(target, name);
      isFirst = false;
      throw new RangeError("out of memory");
    },
  });
  const fileSystem = { ...nodeFileSystem, readFile: async () => ({ bytes: unreadable, info }) };
  await assert.rejects(readJournalFile(fileSystem, at.main), /^RangeError: out of memory$/);
});

test("J5 L6 the records that a load answers were synced, before main", async () => {
  await using at = await StoreDirectory.make(FILES);
  const faulty = new FaultyFileSystem();
  const synced: string[] = [];
  faulty.before = ({ name, path }) => void (name.startsWith("sync") && synced.push(path));
  await at.open({ fileSystem: faulty.fileSystem });
  assert.deepEqual(synced.splice(0, 3), [at.path(JOURNAL), at.main, at.directory]);
  await at.write(JOURNAL, headerText(MAIN));
  synced.length = 0;
  await at.open({ fileSystem: faulty.fileSystem });
  assert.deepEqual(synced.slice(0, 2), [at.main, at.directory], "no record, nothing to sync");
});

test("J3 a journal that was applied is removed by the next snapshot, not kept aside", async () => {
  for (const journal of [true, false]) {
    for (const main of [MAIN, serialize(tableOf(1, 1))]) {
      await using at = await StoreDirectory.make({
        "offset.json": main,
        [JOURNAL]: journalText(main, [2n], [3n]),
      });
      const store = await at.open({ journal });
      store.update(queue(1), 9, true);
      await store.persist();
      assert.ok((await at.table()).equals(tableOf(3, 9)));
      assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
    }
  }
});

test("C3 J3 a store that changes nothing leaves the journal that it found", async () => {
  for (const journal of [true, false]) {
    await using at = await StoreDirectory.make(FILES);
    const store = await at.open({ journal });
    await store.persist();
    await store.close();
    assert.equal(await at.text("offset.json"), MAIN);
    assert.equal(await at.text(JOURNAL), FILES[JOURNAL]);
    assert.deepEqual(await at.names(), Object.keys(FILES));
  }
});

test("J3 a journal of another snapshot is reported, and kept aside by the next snapshot", async () => {
  const other = serialize(tableOf(9), { generation: 7 });
  const [newer, changed] = [{ generation: 9 }, { generation: 7 }]
    .map((options) => serialize(tableOf(10), options));
  const first = serialize(tableOf(9));
  const cases = [
    [newer, headerText(other)],
    [changed, headerText(other)],
    [serialize(tableOf(10)), headerText(other)],
    // Version 0.1.0 has no generations; what counts is whether the snapshot holds the offsets.
    [serialize(tableOf(10)), headerText(first)],
  ];
  for (const [main, header] of cases) {
    const text = header + recordOf([[queue(0), 9n], [queue(7), 1n]]);
    await using at = await StoreDirectory.make({ "offset.json": main, [JOURNAL]: text });
    const store = await at.open();
    assert.ok(store.snapshot().equals(tableOf(10)));
    assert.deepEqual(store.loadOutcome.faults.map(({ path }) => path), [at.path(JOURNAL)]);
    assert.equal(store.loadOutcome.journalRecords, 0);
    store.update(queue(0), 11, true);
    await store.persist();
    const [aside, ...others] = (await at.names()).filter((name) => name.includes(".corrupt-"));
    assert.ok(aside.startsWith(`${JOURNAL}.corrupt-`));
    assert.equal(await at.text(aside), text);
    assert.deepEqual(others, []);
    assert.ok(!(await at.names()).includes(JOURNAL));
  }
});

test("J3 the leftover of a folded journal is skipped and removed without a word", async () => {
  const folded = serialize(tableOf(3, 1), { generation: 8 });
  const leftovers = [FILES[JOURNAL], `${FILES[JOURNAL]}x\ny\n`, headerText(MAIN)];
  for (const text of leftovers) {
    await using at = await StoreDirectory.make({ "offset.json": folded, [JOURNAL]: text });
    const store = await at.open();
    assert.ok(store.snapshot().equals(tableOf(3, 1)));
    assert.deepEqual([store.loadOutcome.faults, store.loadOutcome.journalRecords], [[], 0]);
    store.update(queue(0), 4, true);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(4, 1)));
    assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  }
});

test("J3 a journal extends a file of the same checksum only if the length is the same too", async () => {
  const record = recordOf([[queue(0), 5n]]);
  for (const [length, offset] of [[MAIN.length, 5n], [MAIN.length + 1, 1n]] as const) {
    await using at = await StoreDirectory.make({
      "offset.json": MAIN,
      [JOURNAL]: headerText(MAIN, length) + record,
    });
    assert.equal((await at.open()).peek(queue(0)), offset);
  }
});

const someBytes = fc.uint8Array({ min: 0, max: 2, maxLength: 8 });

test("P9 a journal has the same records if only the zeros behind its end differ", () => {
  const trimmed = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replace(/\0+$/, "");
  let equal = 0;
  check(
    fc.property(someBytes, someBytes, fc.nat(3), (a, b, room) => {
      const isSame = trimmed(a) === trimmed(b);
      assert.equal(hasSameRecords(a, b), isSame);
      assert.equal(hasSameRecords(b, a), isSame);
      const longer = new Uint8Array(a.length + room);
      longer.set(a);
      assert.ok(hasSameRecords(a, longer));
      if (isSame) equal++;
    }),
    { numRuns: 1000 },
  );
  assert.ok(equal > 0, "some are the same");
});
