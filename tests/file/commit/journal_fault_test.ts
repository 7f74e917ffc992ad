/** The journal when calls fail, and when somebody else has been at it. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import {
  type Diagnostic,
  OffsetConflictError,
  OffsetPersistError,
  OffsetTable,
  serialize,
} from "../../../mod.ts";
import { type Call, type Fault, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { journalText } from "../../support/journal_text.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { noting } from "../../support/noting.ts";

const JOURNAL = "offset.json.journal";

/** A store with a journal, a snapshot of two queues at 1, and as many records for the first. */
async function journaled(at: StoreDirectory, records: number, options = {}) {
  const faulty = new FaultyFileSystem();
  const told: Diagnostic[] = [];
  const store = await at.open({
    journal: true,
    fileSystem: faulty.fileSystem,
    onDiagnostic: noting(told),
    ...options,
  });
  for (const id of [0, 1]) store.update(queue(id), 1, true);
  await store.persist();
  const persist = async (offset: number) => {
    store.update(queue(0), offset, true);
    await store.persist();
  };
  for (let n = 0; n < records; n++) await persist(2 + n);
  return { store, faulty, told, persist };
}

const failing = (name: string, more: Partial<Fault> = {}): Fault => (
  { when: (call) => call.name === name, code: "EIO", once: true, ...more }
);

const atJournal = (name: string) => (call: Call) =>
  call.name === name && call.path.endsWith(JOURNAL);

test("J1 P2 the journal's name is durable before its first record is acknowledged", async () => {
  await using at = await StoreDirectory.make();
  const { faulty, persist } = await journaled(at, 0);
  faulty.faults = [failing("syncDirectory")];
  // No record was begun.
  await assert.rejects(persist(2), { name: "OffsetPersistError", code: "EIO", onDisk: "previous" });
});

test("J1 where a journal is to stay short, no room is made in it", async () => {
  for (const [compactAtBytes, isMade] of [[0, false], [1e6, true]] as const) {
    await using at = await StoreDirectory.make();
    const { faulty } = await journaled(at, 2, { journal: { compactAtBytes } });
    assert.equal(faulty.take().includes("reserve"), isMade);
  }
});

test("J1 P2 relaxed durability syncs nothing, with a journal neither", async () => {
  await using at = await StoreDirectory.make();
  const { faulty, store } = await journaled(at, 2, { durability: "relaxed" });
  assert.equal((await at.open()).peek(queue(0)), 3n);
  await store.close();
  assert.deepEqual(faulty.take().filter((name) => name.startsWith("sync")), []);
});

test("P4 every file that was created is closed again, whatever has failed", async () => {
  for (const name of ["", "fstat", "write", "syncData", "close"]) {
    await using at = await StoreDirectory.make();
    const { faulty, store, persist } = await journaled(at, 0);
    faulty.faults = [failing(name, { when: atJournal(name) })];
    const isRefused = ["fstat", "write", "syncData"].includes(name);
    if (isRefused) await assert.rejects(persist(2), { name: "OffsetPersistError", code: "EIO" });
    else await persist(2);
    const open = () => {
      const count = (of: string) => faulty.calls.filter((each) => each === of).length;
      return count("create") - count("close");
    };
    // A record that failed was the last one.
    assert.equal(open(), isRefused ? 0 : 1);
    await store.close();
    assert.equal(open(), 0);
    assert.ok((await at.table()).equals(tableOf(2, 1)));
  }
});

test("P4 P9 a journal whose creation failed, though it is there, is no conflict, and goes", async () => {
  await using at = await StoreDirectory.make();
  const { faulty, told, persist } = await journaled(at, 0);
  faulty.faults = [failing("create", { after: true })];
  await assert.rejects(persist(2), { code: "EIO", onDisk: "previous" });
  assert.equal(await at.text(JOURNAL), "");
  await persist(3);
  assert.ok((await at.table()).equals(tableOf(3, 1)));
  assert.ok(!(await at.names()).includes(JOURNAL));
  await persist(4);
  assert.ok((await at.names()).includes(JOURNAL));
  assert.deepEqual(told, []);
});

test("P9 a journal whose creation failed, and to which somebody else writes, is a conflict", async () => {
  await using at = await StoreDirectory.make();
  const { faulty, persist } = await journaled(at, 0);
  faulty.faults = [failing("create", { after: true })];
  await assert.rejects(persist(2), OffsetPersistError);
  const text = journalText(await at.text("offset.json"), [9n]);
  await at.write(JOURNAL, text);
  await assert.rejects(persist(3), OffsetConflictError);
  assert.equal(await at.text(JOURNAL), text);
});

test("P9 an empty journal of somebody else's is no conflict, and stands in nobody's way", async () => {
  await using at = await StoreDirectory.make();
  const { persist } = await journaled(at, 0);
  await at.write(JOURNAL, "");
  await persist(2);
  await persist(3);
  assert.equal((await at.open()).peek(queue(0)), 3n);
});

test("P9 a journal that somebody has removed is a conflict", async () => {
  await using at = await StoreDirectory.make();
  const { persist } = await journaled(at, 1);
  await rm(at.path(JOURNAL));
  await assert.rejects(persist(3), OffsetConflictError);
  await using other = await StoreDirectory.make();
  const merging = await journaled(other, 1, { onConflict: "merge" });
  await rm(other.path(JOURNAL));
  await merging.persist(3);
  assert.ok((await other.open()).snapshot().equals(tableOf(3, 1)));
});

test("P9 P2 after a merge with a plain file, nothing is appended to a journal that has gone", async () => {
  await using at = await StoreDirectory.make();
  const { persist } = await journaled(at, 1, { onConflict: "merge" });
  const other = await at.open({ onConflict: "merge" });
  other.update(queue(1), 7, true);
  await other.close();
  assert.ok(!(await at.names()).includes(JOURNAL));
  for (const offset of [3, 4]) {
    await persist(offset);
    assert.ok((await at.open()).snapshot().equals(tableOf(offset, 7)));
  }
});

test("J4 a journal that cannot be removed is reported, holds nothing new, and is removed later", async () => {
  await using at = await StoreDirectory.make();
  const { faulty, told, store } = await journaled(at, 2);
  faulty.faults = [failing("unlink", { when: atJournal("unlink"), once: false })];
  // It still has what the file must not have any more.
  await store.deleteDurable(queue(0));
  assert.deepEqual(
    told.map((each) => each.kind === "cleanup-failed" && [each.path, `${each.error}`]),
    [[at.path(JOURNAL), "Error: EIO: unlink failed"]],
  );
  store.update(queue(1), 4, true);
  await store.persist();
  assert.equal(told.length, 1, "the same failure is reported once");
  assert.ok(
    (await at.table()).equals(OffsetTable.from([[queue(1), 4]])),
    "nothing is appended to it",
  );
  assert.ok((await at.names()).includes(JOURNAL));
  faulty.faults = [];
  store.update(queue(1), 5, true);
  await store.persist();
  assert.ok((await at.table()).equals(OffsetTable.from([[queue(1), 5]])));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  assert.equal(told.length, 1);
});

test("J4 P9 a journal that is gone, though its removal was said to have failed, is no conflict", async () => {
  await using at = await StoreDirectory.make();
  const { faulty, store, persist } = await journaled(at, 2);
  faulty.faults = [failing("unlink", { when: atJournal("unlink"), after: true })];
  await store.deleteDurable(queue(1));
  await persist(4);
  await persist(5);
  assert.equal((await at.open()).peek(queue(0)), 5n);
});

test("J4 a journal that somebody else removes first is not reported", async () => {
  await using at = await StoreDirectory.make();
  const { faulty, told, store, persist } = await journaled(at, 2);
  faulty.before = (call) => atJournal("unlink")(call) ? rm(call.path) : undefined;
  await store.deleteDurable(queue(1));
  faulty.before = () => {};
  assert.ok(!(await at.names()).includes(JOURNAL));
  await persist(4);
  assert.ok((await at.names()).includes(JOURNAL), "the next one is begun at once");
  assert.deepEqual(told, []);
});

test("J3 a foreign journal that goes before it is kept aside is not reported", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  await at.write(JOURNAL, journalText(serialize(tableOf(8)), [9n]));
  const faulty = new FaultyFileSystem();
  const told: Diagnostic[] = [];
  faulty.before = ({ name, path }) =>
    name === "rename" && path.includes(".journal.corrupt-") ? rm(at.path(JOURNAL)) : undefined;
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    onDiagnostic: noting(told),
  });
  store.update(queue(0), 2, true);
  await store.close();
  assert.ok(!(await at.names()).includes(JOURNAL));
  assert.deepEqual(told, []);
});

/** How long a journal is after so many records, if it is there. */
async function lengthAfter(records: number, compactAtBytes: number): Promise<number> {
  await using at = await StoreDirectory.make();
  const { store } = await journaled(at, records, { journal: { compactAtBytes } });
  // A compaction runs behind the persist that made it due.
  await store.persist();
  const text = await at.text(JOURNAL).catch(() => "");
  await store.close();
  // Behind the records there may be room for more.
  return text.replace(/\0*$/, "").length;
}

test("J4 a journal may become just as long as it is said", async () => {
  const length = await lengthAfter(5, 1e6);
  assert.equal(await lengthAfter(5, length), length);
  assert.equal(await lengthAfter(5, length - 1), 0);
});

test("J4 a journal that has become too long is compacted without another persist", async () => {
  const compactAtBytes = await lengthAfter(5, 1e6) - 1;
  await using at = await StoreDirectory.make();
  const { faulty, store, persist } = await journaled(at, 4, { journal: { compactAtBytes } });
  const compacted = Promise.withResolvers<void>();
  faulty.before = (call) => atJournal("unlink")(call) ? compacted.resolve() : undefined;
  await persist(6);
  await compacted.promise;
  assert.ok((await at.table()).equals(tableOf(6, 1)));
  await store.close();
});
