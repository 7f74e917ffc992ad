/** A read from the store of files that somebody else may have written. */
import assert from "node:assert/strict";
import { rm, utimes } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { nodeFileSystem, OffsetFileCorruptError, serialize } from "../../../mod.ts";
import type { OffsetTable } from "../../../src/core/table/offset_table.ts";
import { StoreView } from "../../../src/file/recovery/store_view.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL } from "../../support/journaled.ts";
import { journalText } from "../../support/journal_text.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";

/** A view of a directory, and the calls that it makes. */
class Viewed {
  readonly #at: StoreDirectory;
  readonly faulty = new FaultyFileSystem();
  readonly #view: StoreView;

  constructor(at: StoreDirectory, durability: "full" | "relaxed" = "full") {
    this.#at = at;
    this.#view = new StoreView(this.faulty.fileSystem, at.main, durability);
  }

  /** Looks at the files and reads the table, as a store does. */
  async read(): Promise<OffsetTable> {
    const [main, journal] = await Promise.all(
      [this.#at.main, this.#at.path(JOURNAL)].map((path) => nodeFileSystem.stat(path)),
    );
    this.faulty.take();
    return await this.#view.read({ main, journal });
  }

  /** Whether the last read has read any file. */
  get hasRead(): boolean {
    return this.faulty.take().includes("readFile");
  }
}

const MAIN = serialize(tableOf(1, 1), { generation: 7 });

test("R1 files that have not changed since the last read are not read again", async () => {
  const journaled = { "offset.json": MAIN, [JOURNAL]: journalText(MAIN, [2n]) };
  for (const files of [{ "offset.json": MAIN }, journaled]) {
    await using at = await StoreDirectory.make(files);
    const view = new Viewed(at);
    const table = await view.read();
    assert.ok(table.equals(JOURNAL in files ? tableOf(2, 1) : tableOf(1, 1)));
    assert.ok(view.hasRead);
    for (let n = 0; n < 2; n++) {
      assert.equal(await view.read(), table);
      assert.ok(!view.hasRead);
    }
  }
});

test("R1 every change of main or its journal is read", async () => {
  await using at = await StoreDirectory.make({ "offset.json": MAIN });
  const view = new Viewed(at);
  await view.read();
  const changes: [() => Promise<void>, OffsetTable][] = [
    [() => at.write(JOURNAL, journalText(MAIN, [2n])), tableOf(2, 1)],
    [() => at.write(JOURNAL, journalText(MAIN, [2n], [3n])), tableOf(3, 1)],
    [() => rm(at.path(JOURNAL)), tableOf(1, 1)],
    [() => at.write("offset.json", tableOf(8)), tableOf(8)],
    [() => at.write("offset.json", tableOf(9)), tableOf(9)],
    [() => rm(at.main), tableOf()],
    [() => at.write("offset.json", tableOf(9)), tableOf(9)],
  ];
  for (const [change, table] of changes) {
    await change();
    assert.ok((await view.read()).equals(table));
  }
});

test("R1 L2 while main is missing, a change of the other files is read", async () => {
  await using at = await StoreDirectory.make({ "offset.json.tmp": tableOf(1) });
  const view = new Viewed(at);
  assert.ok((await view.read()).equals(tableOf(1)));
  await at.write("offset.json.tmp", tableOf(2));
  assert.ok((await view.read()).equals(tableOf(2)));
  await at.write("offset.json.bak", tableOf(3));
  assert.ok((await view.read()).equals(tableOf(3)));
});

test("R1 P9 a file that is young is read again, since its next change might not show", async () => {
  for (const young of ["offset.json", JOURNAL]) {
    const journal = journalText(MAIN, [2n]);
    await using at = await StoreDirectory.make({ "offset.json": MAIN, [JOURNAL]: journal });
    const view = new Viewed(at);
    const now = view.faulty.fileSystem.now();
    await utimes(at.path(young), now / 1000, now / 1000);
    const fileSystem = { ...nodeFileSystem, now: () => now };
    const still = new StoreView(fileSystem, at.main, "full");
    const [main, seen] = await Promise.all([
      nodeFileSystem.stat(at.main),
      nodeFileSystem.stat(at.path(JOURNAL)),
    ]);
    const first = await still.read({ main, journal: seen });
    assert.notEqual(await still.read({ main, journal: seen }), first);
  }
});

test("L2 R1 a main that the device could not read is tried again", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": tableOf(2),
    "offset.json.bak": tableOf(1),
  });
  const view = new Viewed(at);
  const isMain = ({ name, path }: { name: string; path: string }) =>
    name === "readFile" && path === at.main;
  view.faulty.faults = [{ when: isMain, code: "EIO" }];
  assert.ok((await view.read()).equals(tableOf(1)));
  view.faulty.faults = [];
  assert.ok((await view.read()).equals(tableOf(2)));
});

test("L4 L5 files that are not usable are an error each time, until they are", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const view = new Viewed(at);
  for (let n = 0; n < 2; n++) await assert.rejects(view.read(), OffsetFileCorruptError);
  view.faulty.faults = [{ when: ({ name }) => name === "readFile", code: "EACCES" }];
  await assert.rejects(view.read(), { name: "OffsetLoadError", code: "EACCES" });
  view.faulty.faults = [];
  await at.write("offset.json", tableOf(4));
  assert.ok((await view.read()).equals(tableOf(4)));
});

test("L6 the answer of a view is durable, unless the store is relaxed", async () => {
  await using at = await StoreDirectory.make({ "offset.json": MAIN });
  for (const durability of ["full", "relaxed"] as const) {
    const view = new Viewed(at, durability);
    await view.read();
    const syncs = view.faulty.take().filter((name) => name.startsWith("sync"));
    assert.deepEqual(syncs, durability === "full" ? ["syncFile", "syncDirectory"] : []);
    if (durability === "relaxed") continue;
    const failing = new Viewed(at);
    failing.faulty.faults = [{ when: ({ name }) => name === "syncFile", code: "EIO" }];
    for (let n = 0; n < 2; n++) await assert.rejects(failing.read(), { name: "OffsetLoadError" });
  }
});

test("R1 a view answers what a fresh one answers, after any changes", async () => {
  const files = fc.constantFrom("offset.json", "offset.json.bak", "offset.json.tmp", JOURNAL);
  const step = fc.record({ file: files, offset: fc.integer({ min: 0, max: 9 }) });
  await using at = await StoreDirectory.make({ other: "" });
  await check(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      for (const name of await at.names()) await rm(at.path(name));
      const view = new Viewed(at);
      for (const { file, offset } of steps) {
        if (offset === 0) await rm(at.path(file), { force: true });
        else if (file === JOURNAL) await at.write(file, journalText(MAIN, [BigInt(offset)]));
        else await at.write(file, serialize(tableOf(1, offset % 2), { generation: 7 }));
        const outcome = (table: Promise<OffsetTable>) =>
          table.then((each) => [...each], (error) => (error as Error).message);
        assert.deepEqual(await outcome(view.read()), await outcome(new Viewed(at).read()));
      }
    }),
    { numRuns: 50 },
  );
});
