/** What a merge makes of a main file, and of a journal, that somebody else has left. */
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { test } from "node:test";
import {
  OffsetConflictError,
  OffsetFileCorruptError,
  OffsetFileSyntaxError,
  OffsetPersistError,
  serialize,
} from "../../../mod.ts";
import { type Call, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { journalText } from "../../support/journal_text.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const JOURNAL = "offset.json.journal";
const ANOTHER = serialize(tableOf(7));
const BAD = "damaged\n" + journalText(ANOTHER);

const isRead = ({ name, path }: Call, of: string) => name === "readFile" && path.endsWith(of);

/** A store that merges, with a new offset to persist. */
async function merging(at: StoreDirectory, faulty = new FaultyFileSystem(), options = {}) {
  const { fileSystem } = faulty;
  const store = await at.open({ onConflict: "merge", fileSystem, ...options });
  store.update(queue(0), 5, true);
  return store;
}

async function keptAside(at: StoreDirectory): Promise<string[]> {
  const names = (await at.names()).filter((name) => name.includes(".corrupt-"));
  return await Promise.all(names.map((name) => at.text(name)));
}

test("P9 a changed main that cannot be read now is not replaced", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const store = await merging(at, faulty);
  await at.write("offset.json", tableOf(2, 3));
  faulty.faults = [{ when: (call) => isRead(call, "offset.json"), code: "EIO", once: true }];
  await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EIO" });
  assert.ok((await at.table()).equals(tableOf(2, 3)));
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(5, 3)));
});

test("P9 a main that vanishes while it is read, and comes back, is merged", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const store = await merging(at, faulty);
  await at.write("offset.json", tableOf(2, 3));
  // Go's client removes main before it renames its temporary file.
  let is: "there" | "away" | "back" = "there";
  faulty.before = async (call) => {
    if (is === "there" && isRead(call, "offset.json")) {
      await rm(at.main);
      is = "away";
    } else if (is === "away" && call.name === "readDirectory") {
      await at.write("offset.json", tableOf(2, 4));
      is = "back";
    }
  };
  await store.persist();
  assert.equal(is, "back");
  assert.ok((await at.table()).equals(tableOf(5, 4)));
});

test("P2 P9 a file that somebody else wrote is synced before it is left as it is", async () => {
  for (const durability of ["full", "relaxed"] as const) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(5) });
    const faulty = new FaultyFileSystem();
    const store = await merging(at, faulty, { durability });
    await at.write("offset.json", tableOf(5));
    const synced: string[] = [];
    faulty.before = ({ name, path }) => void (name.startsWith("sync") && synced.push(path));
    await store.persist();
    assert.equal(store.status().generationsWritten, 0);
    assert.deepEqual(synced, durability === "full" ? [at.main, at.directory] : []);
  }
});

test("P9 J3 the journal of a main that is not usable any more is kept aside, whatever it holds", async () => {
  for (const journal of [journalText(ANOTHER, [8n]), BAD]) {
    for (const main of [undefined, "bad"]) {
      await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
      const store = await merging(at);
      if (main === undefined) await rm(at.main);
      else await at.write("offset.json", main);
      await at.write(JOURNAL, journal);
      await store.persist();
      assert.deepEqual(await keptAside(at), main === undefined ? [journal] : [main, journal]);
      assert.ok((await at.open()).snapshot().equals(tableOf(5, 2)));
    }
  }
});

test("P9 J3 a journal that cannot be read now is not replaced, whatever main is", async () => {
  for (const main of [undefined, "bad", serialize(tableOf(9))]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
    const faulty = new FaultyFileSystem();
    const store = await merging(at, faulty);
    if (main === undefined) await rm(at.main);
    else await at.write("offset.json", main);
    const journal = journalText(main?.startsWith("{") ? main : ANOTHER, [8n]);
    await at.write(JOURNAL, journal);
    faulty.faults = [{ when: (call) => isRead(call, JOURNAL), code: "EIO" }];
    await assert.rejects(store.persist(), OffsetPersistError);
    assert.equal(await at.text(JOURNAL), journal);
  }
});

test("P9 J2 a bad journal of a good main is an error, which names the journal only", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await merging(at);
  await at.write(JOURNAL, BAD);
  await assert.rejects(store.persist(), ({ cause }: Error) => {
    assert.ok(cause instanceof OffsetFileCorruptError);
    assert.deepEqual(cause.faults.map(({ path }) => path), [at.path(JOURNAL)]);
    return true;
  });
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("P9 J3 a journal that was merged is removed, not kept aside", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  const store = await merging(at);
  await at.write(JOURNAL, journalText(await at.text("offset.json"), [3n, 8n]));
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(5, 8)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("P9 a conflict with an unusable file says why it is unusable", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open();
  await at.write("offset.json", "{]");
  await assert.rejects(store.persist(), (error) => {
    assert.ok(error instanceof OffsetConflictError);
    assert.ok(error.cause instanceof OffsetFileSyntaxError);
    return true;
  });
});

test("P2 L6 the directories are synced before what somebody else wrote in them counts", async () => {
  for (const durability of ["full", "relaxed"] as const) {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const store = await merging(at, faulty, { durability });
    const another = await merging(at, faulty, { durability });
    // Another client makes them after both stores were opened, and syncs nothing.
    await mkdir(at.directory, { recursive: true });
    await at.write("offset.json", tableOf(6));
    const entries = [dirname(at.directory), dirname(dirname(at.directory))];
    for (const act of [() => store.persist(), () => another.read(queue(0), "store")]) {
      const synced = new Set<string>();
      faulty.before = ({ name, path }) => void (name === "syncDirectory" && synced.add(path));
      await act();
      assert.equal(entries.every((path) => synced.has(path)), durability === "full");
    }
  }
});

test("P2 P9 under merge, the backup of an emptied main counts as another process", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open({ onConflict: "merge" });
  for (const id of [0, 1]) store.update(queue(id), 20n, true);
  await store.persist();
  store.update(queue(0), 7n, false);
  await store.deleteDurable(queue(1));
  await at.write("offset.json", "");
  store.update(queue(2), 1n, true);
  await store.persist();
  // The backup is one snapshot old: it holds the offset before it was lowered, and the queue.
  assert.equal(store.peek(queue(0)), 20n);
  assert.equal(store.peek(queue(1)), -1n);
  assert.equal(await store.read(queue(1), "store"), 20n);
  await store.close();
});
