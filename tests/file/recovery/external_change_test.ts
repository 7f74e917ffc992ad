/** What somebody else has made of the files: whose table it is, and when it is read. */
import assert from "node:assert/strict";
import { utimes } from "node:fs/promises";
import { test } from "node:test";
import { nodeFileSystem, OffsetConflictError, serialize } from "../../../mod.ts";
import type { OffsetTable } from "../../../src/core/table/offset_table.ts";
import { readExternalChange } from "../../../src/file/recovery/external_change.ts";
import { stateOfFiles } from "../../../src/file/recovery/files_state.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL } from "../../support/journaled.ts";
import { journalText } from "../../support/journal_text.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";

const BOTH = ["throw", "merge"] as const;
const OWN = tableOf(5, 5);
const BACKUP = "offset.json.bak";

/** A snapshot with a generation, as a store with a journal writes it. */
const text = (table: OffsetTable) => serialize(table, { generation: 7 });
const CORRUPT = "x\ny\n";

function change(
  at: StoreDirectory,
  onConflict: "throw" | "merge",
  { expected = [OWN], fileSystem = nodeFileSystem, durability = "full" as "full" | "relaxed" } = {},
) {
  return readExternalChange(fileSystem, at.main, expected, { onConflict, durability });
}

test("P9 a file that holds the table that is known is no conflict, whoever wrote it", async () => {
  for (const onConflict of BOTH) {
    await using at = await StoreDirectory.make({ "offset.json": OWN });
    const { author, table, outcome, source } = await change(at, onConflict);
    assert.deepEqual([author, outcome, source?.path], ["known", "loaded", at.main]);
    assert.ok(table.equals(OWN));
  }
});

test("P9 a table that one of the store's own commits may have left is no conflict either", async () => {
  for (const onConflict of BOTH) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(7) });
    const expected = [OWN, tableOf(6), tableOf(7)];
    const { author, table } = await change(at, onConflict, { expected });
    assert.equal(author, "ours");
    assert.ok(table.equals(tableOf(7)));
  }
});

test("P9 the journal counts: snapshot and records together are the table", async () => {
  const main = text(tableOf(1, 5));
  for (const onConflict of BOTH) {
    const files = { "offset.json": main, [JOURNAL]: journalText(main, [5n]) };
    await using at = await StoreDirectory.make(files);
    const { author, table, journal } = await change(at, onConflict);
    assert.deepEqual([author, journal?.relation], ["known", "records"]);
    assert.ok(table.equals(OWN));
  }
});

test("P9 another table is a conflict under throw, which says what has become of the file", async () => {
  const main = text(OWN);
  const journal = journalText(main, [6n]);
  const cases: [Record<string, string | OffsetTable>, RegExp, cause: string | undefined][] = [
    [{ "offset.json": tableOf(6) }, /: it was changed since/, undefined],
    [{ "offset.json": main, [JOURNAL]: journal }, /: it was changed since/, undefined],
    [
      { "offset.json": main, [JOURNAL]: journal + CORRUPT },
      /: it was changed since/,
      "OffsetFileCorruptError",
    ],
    [{ [BACKUP]: tableOf(4) }, /: it was removed since/, undefined],
    [{ [BACKUP]: "bad" }, /: it was removed since/, "OffsetFileCorruptError"],
    [{ other: "" }, /: it was removed since/, undefined],
    [{ "offset.json": "" }, /: it was changed and is unusable \(it is empty\) since/, "OffsetFile"],
    [
      { "offset.json": "{", [BACKUP]: tableOf(4) },
      /: it was changed and is unusable/,
      "OffsetFile",
    ],
  ];
  for (const [files, message, cause] of cases) {
    await using at = await StoreDirectory.make(files);
    const before = await at.names();
    await assert.rejects(change(at, "throw"), (error) => {
      assert.ok(error instanceof OffsetConflictError);
      assert.match(error.message, message);
      assert.equal(error.path, at.main);
      assert.equal((error.cause as Error | undefined)?.name.slice(0, cause?.length), cause);
      return true;
    });
    assert.deepEqual(await at.names(), before);
  }
});

/** The real file system, whose clock goes on by its pauses alone. */
function pausing(start: number) {
  const pauses: number[] = [];
  let now = start;
  const fileSystem = {
    ...nodeFileSystem,
    now: () => now,
    async pause(ms: number) {
      pauses.push(ms);
      now += ms;
    },
  };
  return { fileSystem, pauses };
}

test("P9 files that changed just now are read again once their next change is sure to show", async () => {
  const main = text(OWN);
  for (const young of ["offset.json", JOURNAL]) {
    for (const [mtimeMs, tick] of [[1_700_000_000_500, 20], [1_700_000_000_000, 2020]]) {
      await using at = await StoreDirectory.make({
        "offset.json": main,
        [JOURNAL]: journalText(main),
      });
      await utimes(at.path(young), mtimeMs / 1000, mtimeMs / 1000);
      const { fileSystem, pauses } = pausing(mtimeMs + 5);
      const found = await change(at, "throw", { fileSystem });
      const { main: state, journal } = stateOfFiles(found);
      assert.ok(state.is === "valid" && state.identities.length === 1);
      assert.ok(journal.is === "found" && journal.identities.length === 1);
      assert.deepEqual(pauses, [tick + 1 - 5]);
    }
  }
});

test("P9 the younger of both files decides how long the next read waits", async () => {
  const main = text(OWN);
  const [older, younger] = [1_700_000_000_501, 1_700_000_000_510];
  for (const [mainMs, journalMs] of [[older, younger], [younger, older]]) {
    await using at = await StoreDirectory.make({
      "offset.json": main,
      [JOURNAL]: journalText(main),
    });
    await utimes(at.main, mainMs / 1000, mainMs / 1000);
    await utimes(at.path(JOURNAL), journalMs / 1000, journalMs / 1000);
    const { fileSystem, pauses } = pausing(younger + 1);
    await change(at, "throw", { fileSystem });
    assert.equal(pauses.length, 1);
    assert.ok(pauses[0] > 19.9 && pauses[0] <= 20, `${pauses[0]} ms`);
  }
});

test("P9 files that go on changing are read four times, and have no identity then", async () => {
  await using at = await StoreDirectory.make({ "offset.json": OWN });
  const { fileSystem, pauses } = pausing(1_700_000_000_500);
  let reads = 0;
  const found = await change(at, "throw", {
    fileSystem: {
      ...fileSystem,
      async readFile(path) {
        if (path === at.main) {
          reads++;
          await utimes(path, fileSystem.now() / 1000, fileSystem.now() / 1000);
        }
        return await nodeFileSystem.readFile(path);
      },
    },
  });
  assert.deepEqual([reads, pauses.length], [4, 3]);
  const { main } = stateOfFiles(found);
  assert.ok(main.is === "valid" && main.identities.length === 0);
});

test("P9 L4 a file that the device cannot read now may be readable later: nothing replaces it", async () => {
  const main = text(OWN);
  for (const onConflict of BOTH) {
    for (const file of ["offset.json", JOURNAL]) {
      for (const code of ["EIO", "EUCLEAN"]) {
        const files = { "offset.json": main, [JOURNAL]: journalText(main), [BACKUP]: OWN };
        await using at = await StoreDirectory.make(files);
        const faulty = new FaultyFileSystem();
        const isIt = ({ name, path }: { name: string; path: string }) =>
          name === "readFile" && path === at.path(file);
        faulty.faults = [{ when: isIt, code }];
        const { fileSystem } = faulty;
        await assert.rejects(change(at, onConflict, { fileSystem }), { name: "Error", code });
      }
    }
  }
});

test("L5 a file that may not be examined is an error of its own", async () => {
  await using at = await StoreDirectory.make({ "offset.json": OWN });
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "readFile", code: "EACCES" }];
  for (const onConflict of BOTH) {
    const reading = change(at, onConflict, { fileSystem: faulty.fileSystem });
    await assert.rejects(reading, { name: "OffsetLoadError", code: "EACCES" });
  }
});

test("L6 the change is durable before it is used, unless the store is relaxed", async () => {
  const main = text(tableOf(1, 5));
  const files = { "offset.json": main, [JOURNAL]: journalText(main, [6n]) };
  for (const durability of ["full", "relaxed"] as const) {
    await using at = await StoreDirectory.make(files);
    const faulty = new FaultyFileSystem();
    const synced: string[] = [];
    faulty.before = ({ name, path }) => void (name.startsWith("sync") && synced.push(path));
    await change(at, "merge", { fileSystem: faulty.fileSystem, durability });
    const all = [at.path(JOURNAL), at.main, at.directory];
    assert.deepEqual(synced, durability === "full" ? all : []);
  }
});
