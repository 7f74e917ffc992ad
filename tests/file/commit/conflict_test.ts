import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { closeSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { test } from "node:test";
import { type Diagnostic, OffsetConflictError, serialize } from "../../../mod.ts";
import { TICK_MS } from "../../../src/file/fs/file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const CHANGES: Record<string, (at: StoreDirectory) => Promise<void>> = {
  "it was changed since": (at) => at.write("offset.json", tableOf(7, 9)),
  "it was removed since": (at) => rm(at.main),
  "it was changed and is unusable \\(it is empty\\) since": (at) => at.write("offset.json", ""),
};

for (const [message, change] of Object.entries(CHANGES)) {
  test(`P9 by default a foreign change is an error and is not overwritten: ${message}`, async () => {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const store = await at.open();
    store.update(queue(0), 5, true);
    await change(at);
    const before = await at.text("offset.json").catch(() => undefined);
    for (let times = 0; times < 2; times++) {
      await assert.rejects(store.persist(), (error) => {
        assert.ok(error instanceof OffsetConflictError);
        assert.equal(error.path, at.main);
        assert.match(error.message, new RegExp(`^Cannot persist offsets to ".*": ${message}`));
        return true;
      });
    }
    assert.equal(await at.text("offset.json").catch(() => undefined), before);
    assert.equal(store.peek(queue(0)), 5n);
    // Even if nothing is to be written.
    store.update(queue(0), 1, false);
    await assert.rejects(store.persist(), OffsetConflictError);
  });
}

test("P9 a merge keeps the greater offset of each queue, in the file and in memory", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 1, 1) });
  const seen: Diagnostic[] = [];
  const store = await at.open({ onConflict: "merge", onDiagnostic: (each) => seen.push(each) });
  store.update(queue(0), 5, true);
  store.updateAndFreeze(queue(2), 2);
  await at.write("offset.json", tableOf(3, 4, 9, 6));
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(5, 4, 2, 6)));
  assert.deepEqual(seen, [{ kind: "merged", path: at.main }]);
  assert.equal(store.peek(queue(1)), 4n);
  // U7: what is frozen is not raised; and a queue that memory lacks stays in the file only.
  assert.equal(store.peek(queue(2)), 2n);
  assert.equal(store.peek(queue(3)), -1n);
  assert.ok((await at.table("offset.json.bak")).equals(tableOf(3, 4, 9, 6)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("P9 a merge with a removed or a bad file writes what this store holds", async () => {
  for (const text of [undefined, "bad"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
    const store = await at.open({ onConflict: "merge" });
    store.remove(queue(1));
    store.update(queue(0), 5, true);
    if (text === undefined) await rm(at.main);
    else await at.write("offset.json", text);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(5, 2)));
    const kept = (await at.names()).filter((name) => name.includes(".corrupt-"));
    assert.equal(kept.length, text === undefined ? 0 : 1);
    for (const name of kept) assert.equal(await at.text(name), "bad");
  }
});

test("P9 two stores that merge, in turns and at once, lose no maximum", async () => {
  await using at = await StoreDirectory.make();
  const stores = await Promise.all([0, 1, 2].map(() => at.open({ onConflict: "merge" })));
  for (let n = 1; n <= 20; n++) {
    stores.forEach((store, id) => store.update(queue(id), n, true));
    await Promise.all(stores.map((store) => store.persist()));
    assert.ok((await at.table()).equals(tableOf(n, n, n)), `${n}`);
  }
});

test("P9 the lock of a writer that died is removed by who waits for it", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1), "offset.json.lock": "" });
  const { nodeFileSystem } = await import("../../../mod.ts");
  let waited = 0;
  const fileSystem = { ...nodeFileSystem, pause: async (ms: number) => void (waited += ms) };
  const store = await at.open({ onConflict: "merge", fileSystem });
  store.update(queue(0), 2, true);
  await store.persist();
  assert.ok(waited >= 5000);
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("P9 a writer whose lock was taken over replaces nothing", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const { nodeFileSystem } = await import("../../../mod.ts");
  let steal = true;
  const fileSystem = {
    ...nodeFileSystem,
    async link(existing: string, path: string) {
      if (steal) await rm(at.path("offset.json.lock"));
      steal = false;
      await nodeFileSystem.link(existing, path);
    },
  };
  const store = await at.open({ onConflict: "merge", fileSystem });
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), /the lock ".*offset\.json\.lock" was taken over/);
  assert.ok((await at.table()).equals(tableOf(1)));
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(2)));
});

test("P9 the lock is asked after a record that is written at once, too", async () => {
  await using at = await StoreDirectory.make();
  const { nodeFileSystem } = await import("../../../mod.ts");
  let stall = () => {};
  const fileSystem = {
    ...nodeFileSystem,
    async create(path: string) {
      const file = await nodeFileSystem.create(path);
      if (!path.endsWith(".journal")) return file;
      return {
        ...file,
        write(bytes: Uint8Array, position: number) {
          stall();
          const descriptor = openSync(path, "r+");
          const written = writeSync(descriptor, bytes, 0, bytes.length, position);
          closeSync(descriptor);
          return written;
        },
        syncData: () => {},
      };
    },
  };
  const store = await at.open({ onConflict: "merge", journal: true, fileSystem });
  const persist = async (offset: number) => {
    store.update(queue(0), offset, true);
    await store.persist();
  };
  for (const offset of [1, 2, 3]) await persist(offset);
  stall = () => rmSync(at.path("offset.json.lock"));
  await assert.rejects(persist(4), {
    name: "OffsetPersistError",
    onDisk: "either",
    message: /the lock ".*offset\.json\.lock" was taken over/,
  });
  await persist(5);
  assert.ok((await at.table()).equals(tableOf(5)));
});

test("P9 a record of a writer whose lock was taken over is not acknowledged, and not lost", async () => {
  await using at = await StoreDirectory.make();
  const { nodeFileSystem } = await import("../../../mod.ts");
  let stall = async () => {};
  const fileSystem = {
    ...nodeFileSystem,
    async create(path: string) {
      const file = await nodeFileSystem.create(path);
      return {
        ...file,
        write: (...all: [Uint8Array, number]) => stall().then(() => file.write(...all)),
      };
    },
  };
  const store = await at.open({ onConflict: "merge", journal: true, fileSystem });
  for (let offset = 1; offset <= 2; offset++) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  assert.ok((await at.names()).includes("offset.json.journal"));
  stall = async () => {
    stall = async () => {};
    await rm(at.path("offset.json.lock"));
    const other = await at.open({ onConflict: "merge" });
    other.update(queue(1), 9, true);
    await other.close();
  };
  store.update(queue(0), 3, true);
  await assert.rejects(store.persist(), {
    name: "OffsetPersistError",
    onDisk: "either",
    message: /the lock ".*offset\.json\.lock" was taken over/,
  });
  assert.ok((await at.table()).equals(tableOf(2, 9)));
  await store.close();
  assert.ok((await at.table()).equals(tableOf(3, 9)));
});

/** As Java's client does it: in place, here at the same tick of the clock and as many bytes. */
function writeInPlace(at: StoreDirectory, offset: number): void {
  writeFileSync(at.main, serialize(tableOf(offset)));
}

test("P9 a change in place is noticed, however soon after a write of ours", async () => {
  for (let round = 0; round < 40; round++) {
    await using at = await StoreDirectory.make();
    const store = await at.open({ checksum: false });
    store.update(queue(0), 1, true);
    await store.persist();
    const ours = statSync(at.main).mtimeMs;
    writeInPlace(at, 7);
    // Not by luck: there is more than a tick of the clock between the two.
    assert.ok(statSync(at.main).mtimeMs - ours > TICK_MS);
    store.update(queue(0), 2, true);
    await assert.rejects(store.persist(), OffsetConflictError);
    assert.equal(await store.read(queue(0), "store"), 7n);
  }
});

test("P9 a change in place is noticed, however soon after a load", async () => {
  for (let round = 0; round < 40; round++) {
    await using at = await StoreDirectory.make({ nothing: "" });
    writeInPlace(at, 1);
    const store = await at.open();
    writeInPlace(at, 7);
    store.update(queue(0), 2, true);
    await assert.rejects(store.persist(), OffsetConflictError);
    assert.equal(await store.read(queue(0), "store"), 7n);
    writeInPlace(at, 8);
    assert.equal(await store.read(queue(0), "store"), 8n);
  }
});
