/** What a read from the store finds in files that somebody else has written. */
import assert from "node:assert/strict";
import { rm, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { OffsetConflictError, serialize } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { journalText } from "../../support/journal_text.ts";
import { withClockAt } from "../../support/stopped_clock.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const JOURNAL = "offset.json.journal";

test("R1 what somebody else has written is read once, until it or its journal changes again", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  const readsAnew = async (offset: bigint) => {
    for (const isAnew of [true, false, false]) {
      faulty.take();
      assert.equal(await store.read(queue(0), "store"), offset);
      assert.equal(faulty.take().includes("readFile"), isAnew);
    }
  };
  await at.write("offset.json", tableOf(2));
  await readsAnew(2n);
  await at.write("offset.json", tableOf(3));
  await readsAnew(3n);
  const main = await at.text("offset.json");
  await at.write(JOURNAL, journalText(main, [4n]));
  await readsAnew(4n);
  await at.write(JOURNAL, journalText(main, [4n], [5n]));
  await readsAnew(5n);
  await rm(at.path(JOURNAL));
  await readsAnew(3n);
  await rm(at.main);
  await readsAnew(-1n);
});

test("R1 L2 a main that cannot be read may be readable the next time, though it has not changed", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": tableOf(2),
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  await at.write("offset.json", tableOf(3));
  const when = ({ name, path }: { name: string; path: string }) =>
    name === "readFile" && path === at.main;
  faulty.faults = [{ when, code: "EIO", once: true }];
  assert.equal(await store.read(queue(0), "store"), 1n);
  assert.equal(await store.read(queue(0), "store"), 3n);
});

test("R1 P9 what was only just written may change without a trace, and is read each time", async () => {
  const now = 1_700_000_000_000;
  await withClockAt(now, async () => {
    for (const isLoaded of [true, false]) {
      await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
      // In place, as many bytes each time, and at one tick of the clock.
      const write = async (offset: number) => {
        await writeFile(at.main, serialize(tableOf(offset)));
        await utimes(at.main, new Date(now), new Date(now));
      };
      if (isLoaded) await write(6);
      const store = await at.open();
      for (const offset of [7, 8, 9]) {
        await write(offset);
        assert.equal(await store.read(queue(0), "store"), BigInt(offset));
      }
      await assert.rejects(store.persist(), OffsetConflictError);
      assert.ok((await at.table()).equals(tableOf(9)));
    }
  });
});
