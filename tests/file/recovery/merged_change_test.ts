/** What a merging store takes over from files that somebody else has changed. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { mergeMax, nodeFileSystem, OffsetFileCorruptError, serialize } from "../../../mod.ts";
import type { OffsetTable } from "../../../src/core/table/offset_table.ts";
import { readExternalChange } from "../../../src/file/recovery/external_change.ts";
import { stateOfFiles } from "../../../src/file/recovery/files_state.ts";
import { poolTable } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { JOURNAL } from "../../support/journaled.ts";
import { journalText } from "../../support/journal_text.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";

const OWN = tableOf(5, 5);
const BACKUP = "offset.json.bak";
const CORRUPT = "x\ny\n";

/** A snapshot with a generation, as a store with a journal writes it. */
const text = (table: OffsetTable) => serialize(table, { generation: 7 });

function change(at: StoreDirectory, own = OWN) {
  const options = { onConflict: "merge", durability: "full" } as const;
  return readExternalChange(nodeFileSystem, at.main, [own], options);
}

test("P9 under merge a valid main's table is taken over: it may have lowered or deleted on purpose", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const { author, table, source } = await change(at);
  assert.deepEqual([author, source?.path], ["foreign", at.main]);
  assert.ok(table.equals(tableOf(1)));
});

test("P9 under merge nothing older than main lowers an offset: a backup, or no file at all", async () => {
  const older = tableOf(9, 1);
  for (const main of ["missing", "torn"]) {
    const files = { [BACKUP]: older, ...main === "torn" ? { "offset.json": "{" } : {} };
    await using at = await StoreDirectory.make(files);
    const { author, table, outcome, source } = await change(at);
    assert.deepEqual([author, outcome], ["foreign", "recovered"]);
    assert.equal(source?.path, at.path(BACKUP));
    assert.ok(table.equals(mergeMax(older, OWN)));
  }
  await using at = await StoreDirectory.make({ other: "" });
  const { author, table, outcome } = await change(at);
  // No file holds the table, so it must be written: the store is not fresh.
  assert.deepEqual([author, outcome], ["foreign", "recovered"]);
  assert.ok(table.equals(OWN));
});

test("P9 L4 under merge a main that is beyond use is replaced by the own table, and kept aside", async () => {
  const journal = journalText(text(tableOf(1)), [2n]);
  const backups: Record<string, string>[] = [{}, { [BACKUP]: "bad" }];
  for (const backup of backups) {
    await using at = await StoreDirectory.make({
      "offset.json": "{",
      [JOURNAL]: journal,
      ...backup,
    });
    const found = await change(at);
    assert.deepEqual([found.author, found.outcome, found.source], [
      "foreign",
      "recovered",
      undefined,
    ]);
    assert.ok(found.table.equals(OWN));
    const { main, journal: state } = stateOfFiles(found);
    assert.ok(main.is === "bad" && main.content === "kept");
    assert.equal(state.is, "foreign");
  }
});

test("P9 L4 beside a good main, a journal that is beyond use may hold records: a person decides", async () => {
  const main = text(tableOf(9, 1));
  for (const journal of [journalText(main, [10n]) + CORRUPT, "no journal\n\n"]) {
    await using at = await StoreDirectory.make({ "offset.json": main, [JOURNAL]: journal });
    await assert.rejects(change(at), (error) => {
      assert.ok(error instanceof OffsetFileCorruptError);
      assert.deepEqual(error.candidates, [at.main]);
      assert.deepEqual(error.faults.map(({ path }) => path), [at.path(JOURNAL)]);
      return true;
    });
    assert.deepEqual(await at.names(), ["offset.json", JOURNAL]);
  }
});

test("P9 under merge no offset of the files is lost, and none is lowered unless main says so", async () => {
  const kinds = fc.constantFrom("missing", "torn", "valid");
  const journals = fc.constantFrom("none", "its own", "corrupt", "foreign");
  await using at = await StoreDirectory.make({ other: "" });
  await check(
    fc.asyncProperty(
      ...[poolTable, poolTable, poolTable] as const,
      kinds,
      journals,
      async (own, theirs, backup, kind, journal) => {
        for (const name of await at.names()) await rm(at.path(name));
        const main = text(theirs);
        await at.write(BACKUP, backup);
        if (kind !== "missing") await at.write("offset.json", kind === "torn" ? "{" : main);
        if (journal !== "none") {
          const extended = journal === "foreign" ? text(tableOf(99)) : main;
          await at.write(JOURNAL, journalText(extended) + (journal === "corrupt" ? CORRUPT : ""));
        }
        const changing = change(at, own);
        if (kind === "valid" && journal === "corrupt") {
          return await assert.rejects(changing, OffsetFileCorruptError);
        }
        const { table } = await changing;
        if (kind === "valid") return assert.ok(table.equals(theirs));
        assert.ok(holds(table, backup) && holds(table, own));
      },
    ),
    { numRuns: 200 },
  );
});

/** Whether a table holds each offset of another one, or a greater one. */
function holds(table: OffsetTable, other: OffsetTable): boolean {
  return mergeMax(table, other).equals(table);
}
