/** What a load makes of a journal that cannot be read, or that extends another file. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import {
  nodeFileSystem,
  OffsetFileCorruptError,
  OffsetLoadError,
  OffsetTable,
  serialize,
} from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { recordOf } from "../../support/journal_lines.ts";
import { headerText, journalText } from "../../support/journal_text.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const JOURNAL = "offset.json.journal";
const MAIN = serialize(tableOf(1, 1));
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

test("J5 L4 a failure that says nothing about the journal is not taken for a bad one", async () => {
  await using at = await StoreDirectory.make(FILES);
  let isFirst = true;
  const bytes = {
    get length() {
      if (!isFirst) return 0;
      isFirst = false;
      throw new RangeError("out of memory");
    },
  } as Uint8Array;
  const info = (await nodeFileSystem.stat(at.path(JOURNAL)))!;
  const readFile = async (path: string) =>
    path.endsWith(JOURNAL) ? { bytes, info } : await nodeFileSystem.readFile(path);
  await assert.rejects(
    at.open({ fileSystem: { ...nodeFileSystem, readFile } }),
    /^RangeError: out of memory$/,
  );
});

test("J5 L6 the records that a load answers were synced, before main", async () => {
  await using at = await StoreDirectory.make(FILES);
  const faulty = new FaultyFileSystem();
  const synced: string[] = [];
  faulty.before = ({ name, path }) => void (name.startsWith("sync") && synced.push(path));
  await at.open({ fileSystem: faulty.fileSystem });
  const entries = [dirname(at.root), at.root, dirname(at.directory)];
  assert.deepEqual(synced, [at.path(JOURNAL), at.main, at.directory, ...entries]);
  await at.write(JOURNAL, headerText(MAIN));
  synced.length = 0;
  await at.open({ fileSystem: faulty.fileSystem });
  assert.deepEqual(
    synced,
    [at.main, at.directory, ...entries],
    "without a record there is nothing to sync",
  );
});

test("J4 a journal that was applied is removed by the next plain file, not kept aside", async () => {
  for (const journal of [true, false]) {
    await using at = await StoreDirectory.make(FILES);
    const store = await at.open({ journal });
    store.update(queue(0), 4, true);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(4, 1)));
    assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  }
});

test("J3 a journal of another snapshot that has a queue which this one lacks is kept aside", async () => {
  const other = serialize(tableOf(9));
  const text = headerText(other) + recordOf([[queue(0), 9n], [queue(7), 1n]]);
  await using at = await StoreDirectory.make({ "offset.json": tableOf(9), [JOURNAL]: text });
  await at.write("offset.json", tableOf(10));
  const store = await at.open();
  assert.ok(store.snapshot().equals(OffsetTable.from([[queue(0), 10]])));
  assert.equal(store.loadOutcome.faults.length, 1);
  store.update(queue(0), 11, true);
  await store.close();
  const [aside, ...others] = (await at.names()).filter((name) => name.includes(".corrupt-"));
  assert.equal(await at.text(aside), text);
  assert.deepEqual(others, []);
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
