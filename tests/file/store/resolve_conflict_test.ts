/** The way out of a conflict, by examples; resolve_history_test.ts has any order of calls. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import {
  type ConflictChoice,
  type LocalFileOffsetStore,
  OffsetConflictError,
  OffsetResolveError,
  OffsetStoreClosedError,
} from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL, journaled } from "../../support/journaled.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const CHOICES: readonly ConflictChoice[] = ["theirs", "mine", "max"];

/** A store in a conflict: it holds 5, 2 (frozen at 2) and not the third; the file holds 3, 4, 9. */
async function inConflict(at: StoreDirectory, options = {}): Promise<LocalFileOffsetStore> {
  await at.write("offset.json", tableOf(1, 1, 1));
  const store = await at.open(options);
  store.update(queue(0), 5, true);
  store.updateAndFreeze(queue(1), 2);
  store.remove(queue(2));
  await at.write("offset.json", tableOf(3, 4, 9));
  await assert.rejects(store.persist(), OffsetConflictError);
  return store;
}

const heldBy = (store: LocalFileOffsetStore) => [0, 1, 2].map((id) => store.peek(queue(id)));

const EXPECTED = {
  theirs: { memory: [3n, 4n, 9n], file: tableOf(3, 4, 9) },
  mine: { memory: [5n, 2n, -1n], file: tableOf(5, 2, 9) },
  max: { memory: [5n, 2n, -1n], file: tableOf(5, 4, 9) },
};

for (const choice of CHOICES) {
  for (const journal of [false, true]) {
    test(`C4 ${choice}: the files stay as they are, and the next persist goes on: journal ${journal}`, async () => {
      await using at = await StoreDirectory.make({ other: "" });
      const store = await inConflict(at, { journal });
      const [names, text] = [await at.names(), await at.text("offset.json")];
      await store.resolveConflict(choice);
      assert.deepEqual([await at.names(), await at.text("offset.json")], [names, text]);
      assert.deepEqual(heldBy(store), EXPECTED[choice].memory);
      await store.persist();
      assert.ok((await (await at.open()).snapshot()).equals(EXPECTED[choice].file));
      assert.deepEqual(heldBy(store), EXPECTED[choice].memory);
      await store.close();
      assert.ok((await at.table()).equals(EXPECTED[choice].file));
    });
  }
}

test("C4 U7 theirs ends a freeze, and the other choices keep it", async () => {
  for (const choice of CHOICES) {
    await using at = await StoreDirectory.make({ other: "" });
    const store = await inConflict(at);
    await store.resolveConflict(choice);
    store.update(queue(1), 7, true);
    assert.equal(store.peek(queue(1)), choice === "theirs" ? 7n : 2n);
  }
});

test("C3 C4 theirs leaves nothing to write: the store closes, whatever others write then", async () => {
  for (const persists of [true, false]) {
    await using at = await StoreDirectory.make({ other: "" });
    const store = await inConflict(at);
    await store.resolveConflict("theirs");
    if (persists) await store.persist();
    assert.equal(store.status().generationsWritten, 0);
    assert.equal(store.status().dirtyQueues, 0);
    await at.write("offset.json", tableOf(8, 8, 8));
    await store.close();
    assert.ok((await at.table()).equals(tableOf(8, 8, 8)));
  }
});

for (const [what, damage] of [["main", "offset.json"], ["journal", JOURNAL]] as const) {
  test(`C4 mine writes what memory holds, even if it is the last table that was acknowledged: a bad ${what}`, async () => {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(5, 2) });
    const store = await at.open();
    await at.write(damage, "damage\nand more\n");
    await assert.rejects(store.persist(), OffsetConflictError);
    await store.resolveConflict("mine");
    await store.close();
    assert.ok((await at.open()).snapshot().equals(tableOf(5, 2)));
  });
}

test("C4 without a conflict nothing happens, also where the files were never written", async () => {
  for (const choice of CHOICES) {
    await using at = await StoreDirectory.make();
    const store = await at.open();
    store.update(queue(0), 5, true);
    await store.resolveConflict(choice);
    assert.equal(store.peek(queue(0)), 5n);
    await store.persist();
    store.updateAndFreeze(queue(0), 3);
    await store.resolveConflict(choice);
    assert.equal(store.peek(queue(0)), 3n);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(3)));
  }
});

test("C4 files that change again are a new conflict", async () => {
  for (const choice of ["mine", "max"] as const) {
    await using at = await StoreDirectory.make({ other: "" });
    const store = await inConflict(at);
    await store.resolveConflict(choice);
    await at.write("offset.json", tableOf(6, 6));
    await assert.rejects(store.persist(), OffsetConflictError);
    await assert.rejects(store.close(), OffsetConflictError, "the choice is something to write");
    assert.ok((await at.table()).equals(tableOf(6, 6)));
    await store.resolveConflict(choice);
    await store.persist();
    const expected = choice === "mine" ? tableOf(5, 2) : tableOf(6, 6);
    assert.ok((await at.table()).equals(expected));
  }
});

/** What somebody makes of the files so that main is of no use. */
const UNUSABLE: Record<string, (at: StoreDirectory) => Promise<void>> = {
  "an empty main": (at) => at.write("offset.json", ""),
  "a torn main, and a good backup": async (at) => {
    await at.write("offset.json.bak", tableOf(7, 7, 7));
    await at.write("offset.json", "{");
  },
  "a torn main, and a bad backup": async (at) => {
    await at.write("offset.json.bak", "{");
    await at.write("offset.json", "{");
  },
  "a bad journal beside a good main": async (at) => {
    await at.write("offset.json", tableOf(3, 4, 9));
    await at.write(JOURNAL, "damage\nand more\n");
  },
};

for (const [what, change] of Object.entries(UNUSABLE)) {
  test(`C4 ${what} refuses theirs and max, and mine keeps it aside`, async () => {
    await using at = await StoreDirectory.make({ other: "" });
    const store = await inConflict(at);
    await change(at);
    const [memory, names] = [heldBy(store), await at.names()];
    await assert.rejects(store.persist(), OffsetConflictError);
    for (const choice of ["theirs", "max"] as const) {
      await assert.rejects(store.resolveConflict(choice), (error) => {
        assert.ok(error instanceof OffsetResolveError);
        assert.deepEqual([error.path, error.choice], [at.main, choice]);
        assert.ok(error.cause instanceof Error);
        return true;
      });
      await assert.rejects(store.persist(), OffsetConflictError, "it is still a conflict");
    }
    await store.resolveConflict("mine");
    assert.deepEqual([heldBy(store), await at.names()], [memory, names]);
    // A close is enough, even if memory has nothing new.
    await store.close();
    const loaded = (await at.open()).snapshot();
    assert.deepEqual([0, 1].map((id) => loaded.get(queue(id))), [5n, 2n]);
    const isDamaged = what.includes("journal");
    const kept = (await at.names()).filter((name) => name.includes(".corrupt-"));
    const worthless = what === "an empty main";
    assert.equal(kept.length, worthless ? 0 : 1, kept.join());
    for (const name of kept) {
      assert.equal(await at.text(name), isDamaged ? "damage\nand more\n" : "{");
    }
  });
}

test("C4 a removed main: theirs is what an open would load, and mine and max lower nothing", async () => {
  for (const choice of CHOICES) {
    for (const backup of [undefined, tableOf(0, 7)]) {
      await using at = await StoreDirectory.make({ other: "" });
      const store = await inConflict(at);
      await rm(at.main);
      if (backup !== undefined) await at.write("offset.json.bak", backup);
      await assert.rejects(store.persist(), OffsetConflictError);
      await store.resolveConflict(choice);
      await store.persist();
      const loaded = (await at.open()).snapshot();
      if (choice === "theirs") assert.ok(loaded.equals(backup ?? tableOf()));
      else {
        // The third is only in the file that this store knew: it must not be lost.
        const max = choice === "max" && backup !== undefined;
        assert.ok(loaded.equals(tableOf(5, max ? 7 : 2, 1)), `${choice} ${[...loaded]}`);
      }
    }
  }
});

test("C4 a deletion that is pending rejects under theirs, and goes on otherwise", async () => {
  for (const choice of CHOICES) {
    await using at = await StoreDirectory.make({ other: "" });
    const store = await inConflict(at);
    const resolved = store.resolveConflict(choice);
    const deleted = store.deleteDurable(queue(0));
    await resolved;
    if (choice === "theirs") {
      await assert.rejects(deleted, { name: "OffsetPersistError", onDisk: "previous" });
      assert.equal(store.peek(queue(0)), 3n);
    } else {
      await deleted;
      assert.equal(store.peek(queue(0)), -1n);
    }
    const expected = choice === "theirs" ? 3n : undefined;
    assert.equal((await at.table()).get(queue(0)), expected);
  }
});

test("C4 J3 a journal of this store beside another main is folded away, whatever is chosen", async () => {
  for (const choice of CHOICES) {
    await using at = await StoreDirectory.make();
    const store = await journaled(at);
    await at.write("offset.json", tableOf(8, 0));
    store.update(queue(1), 2, true);
    await assert.rejects(store.persist(), OffsetConflictError);
    await store.resolveConflict(choice);
    await store.persist();
    const expected = { theirs: tableOf(8, 0), mine: tableOf(3, 2), max: tableOf(8, 2) }[choice];
    assert.ok((await at.open()).snapshot().equals(expected));
    await store.close();
    assert.ok((await at.table()).equals(expected));
    assert.deepEqual((await at.names()).filter((name) => /corrupt|journal|orphan/.test(name)), []);
  }
});

test("C4 a file that cannot be examined is an error, and changes nothing", async () => {
  for (const code of ["EIO", "EACCES"]) {
    await using at = await StoreDirectory.make({ other: "" });
    const faulty = new FaultyFileSystem();
    const store = await inConflict(at, { fileSystem: faulty.fileSystem });
    const memory = heldBy(store);
    faulty.faults = [{ when: ({ name }) => name === "readFile", code }];
    await assert.rejects(store.resolveConflict("theirs"), { name: "OffsetLoadError", code });
    assert.deepEqual(heldBy(store), memory);
    faulty.faults = [];
    await store.resolveConflict("theirs");
    assert.deepEqual(heldBy(store), EXPECTED.theirs.memory);
  }
});

test("C4 a choice that is none is refused, and so is a call after the end", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const store = await inConflict(at);
  await assert.rejects(store.resolveConflict("ours" as ConflictChoice), TypeError);
  const closing = assert.rejects(store.close(), OffsetConflictError);
  const resolved = store.resolveConflict("mine");
  await closing;
  await resolved;
  await store.close();
  assert.ok((await at.table()).equals(EXPECTED.mine.file));
  await assert.rejects(store.resolveConflict("mine"), OffsetStoreClosedError);
});

test("C3 C4 a store that is abandoned resolves nothing any more", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const faulty = new FaultyFileSystem();
  const store = await inConflict(at, { fileSystem: faulty.fileSystem });
  const gate = Promise.withResolvers<void>();
  faulty.before = () => gate.promise;
  const refused = assert.rejects(store.resolveConflict("theirs"), OffsetStoreClosedError);
  const abandoned = store.abandon();
  gate.resolve();
  await Promise.all([refused, abandoned]);
  assert.deepEqual(faulty.open, []);
});

test("C4 a loop that always persists does not keep the resolution waiting", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const store = await inConflict(at);
  let failures = 0;
  let done = false;
  const loop = (async () => {
    while (!done) await store.persist().catch(() => failures++);
  })();
  await store.resolveConflict("mine");
  await store.persist();
  done = true;
  await loop;
  assert.ok(failures < 10, `${failures} failures`);
  assert.ok((await at.table()).equals(EXPECTED.mine.file));
});

test("C4 under merge a damaged journal of a good main has a way out, too", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open({ onConflict: "merge" });
  store.update(queue(0), 5, true);
  await at.write("offset.json", tableOf(3, 4));
  await at.write(JOURNAL, "damage\nand more\n");
  await assert.rejects(store.persist(), { name: "OffsetPersistError" });
  await store.resolveConflict("mine");
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(5, 4)));
});
