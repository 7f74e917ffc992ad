/** How a store looks whether its own journal is still there (clause P9). */
import assert from "node:assert/strict";
import { copyFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { type LocalFileOffsetStore, OffsetConflictError, type OpenOptions } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL, journaled } from "../../support/journaled.ts";
import { withClockAt } from "../../support/stopped_clock.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

async function persist(store: LocalFileOffsetStore, offset: number): Promise<void> {
  store.update(queue(0), offset, true);
  await store.persist();
}

let changes = 0;

/** The directory as if its last change were long ago, each time at another time. */
const settle = (at: StoreDirectory) => utimes(at.directory, 1e9, 1e9 + changes++);

/** A journal at 4, by a store that has seen its directory when the last change was long ago. */
async function settled(at: StoreDirectory, options: Partial<OpenOptions> = {}) {
  const store = await journaled(at, options);
  await settle(at);
  await persist(store, 4);
  return store;
}

test("P9 J1 a journal of ours is not asked as long as its directory does not change", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const asked: string[] = [];
  faulty.before = ({ name, path }) => void (name === "stat" && asked.push(path));
  const store = await settled(at, { fileSystem: faulty.fileSystem });
  const short = [at.main, at.directory];
  const long = [...short, at.directory, at.path(JOURNAL)];
  let offset = 5;
  const assertAsks = async (paths: readonly string[]) => {
    asked.length = 0;
    await persist(store, offset++);
    assert.deepEqual(asked, paths);
  };
  await assertAsks(short);
  await assertAsks(short);
  await writeFile(at.path("note.txt"), "");
  await assertAsks(long);
  await settle(at);
  await assertAsks(long);
  await assertAsks(short);
  await using other = await at.open();
  assert.equal(other.peek(queue(0)), BigInt(offset - 1));
});

test("P9 a journal of ours that was removed is noticed, each time", async () => {
  await using at = await StoreDirectory.make();
  const store = await settled(at);
  await rm(at.path(JOURNAL));
  await settle(at);
  for (const offset of [5, 6]) {
    await assert.rejects(persist(store, offset), OffsetConflictError);
  }
});

test("P9 a directory that was removed is noticed, whether it was known or not", async () => {
  for (const isKnown of [true, false]) {
    await using at = await StoreDirectory.make();
    const store = await settled(at);
    if (!isKnown) {
      await writeFile(at.path("note.txt"), "");
      await persist(store, 5);
    }
    await rm(at.directory, { recursive: true });
    for (const offset of [6, 7]) {
      await assert.rejects(persist(store, offset), OffsetConflictError);
    }
  }
});

test("P9 a journal of ours in whose place there is a copy is noticed", async () => {
  await using at = await StoreDirectory.make();
  const store = await settled(at);
  await copyFile(at.path(JOURNAL), at.path("copy"));
  await rename(at.path("copy"), at.path(JOURNAL));
  await persist(store, 5);
  assert.ok((await at.table()).equals(tableOf(5, 1)), "what it says is taken over first");
});

test("P9 a directory that changed just now may change again without a trace", async () => {
  const now = 1_700_000_000_000;
  await withClockAt(now, async () => {
    await using at = await StoreDirectory.make();
    const store = await journaled(at);
    // A clock that does not tick in between.
    const stand = () => utimes(at.directory, new Date(now), new Date(now));
    await stand();
    await persist(store, 4);
    // As many names as before: some file systems tell how many there are.
    await rename(at.path(JOURNAL), at.path("journal"));
    await stand();
    await assert.rejects(persist(store, 5), OffsetConflictError);
  });
});

test("P9 the age of a directory's change counts from before the call, however long that takes", async () => {
  const now = 1_700_000_000_000;
  await withClockAt(now, async () => {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const store = await journaled(at, { fileSystem: faulty.fileSystem });
    const stand = () => utimes(at.directory, new Date(now), new Date(now));
    await stand();
    // Another process of this machine has the processor while this one waits for the answer that it
    // goes by, the second.
    let asked = 0;
    faulty.before = ({ name, path }) => {
      if (name === "stat" && path === at.directory && ++asked === 2) Date.now = () => now + 60_000;
    };
    await persist(store, 4);
    assert.equal(asked, 2);
    await rename(at.path(JOURNAL), at.path("journal"));
    await stand();
    await assert.rejects(persist(store, 5), OffsetConflictError);
  });
});
