import assert from "node:assert/strict";
import { rm, utimes } from "node:fs/promises";
import { statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type Diagnostic, OffsetConflictError, serialize } from "../../../mod.ts";
import { tickOf } from "../../../src/file/fs/file_info.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { noting } from "../../support/noting.ts";

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
  const store = await at.open({ onConflict: "merge", onDiagnostic: noting(seen) });
  store.update(queue(0), 5, true);
  store.updateAndFreeze(queue(2), 2);
  await at.write("offset.json", tableOf(3, 4, 9, 6));
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(5, 4, 9, 6)));
  assert.deepEqual(seen, [{ kind: "merged", path: at.main }]);
  assert.equal(store.peek(queue(1)), 4n);
  // U7: memory keeps a frozen offset, and the file the greater one. A queue that memory lacks stays
  // in the file only.
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

test("P9 the lock of a dead writer is removed by the next one", async () => {
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

for (const steals of [1, Infinity]) {
  test(`P9 a writer whose lock was taken over replaces nothing, ${steals === 1 ? "and begins again" : "each time"}`, async () => {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const { nodeFileSystem } = await import("../../../mod.ts");
    let stolen = 0;
    let written = 0;
    const fileSystem = {
      ...nodeFileSystem,
      async link(existing: string, path: string) {
        if (stolen < steals) {
          await rm(at.path("offset.json.lock"));
          stolen++;
        }
        await nodeFileSystem.link(existing, path);
      },
      async rename(from: string, to: string) {
        if (to === at.main) written++;
        await nodeFileSystem.rename(from, to);
      },
    };
    const store = await at.open({ onConflict: "merge", fileSystem });
    store.update(queue(0), 2, true);
    if (steals === 1) await store.persist();
    else {
      await assert.rejects(store.persist(), OffsetConflictError);
      assert.equal(stolen, 5);
    }
    assert.equal(written, steals === 1 ? 1 : 0);
    assert.ok((await at.table()).equals(tableOf(steals === 1 ? 2 : 1)));
    const backup = steals === 1 ? ["offset.json.bak"] : [];
    assert.deepEqual(await at.names(), ["offset.json", ...backup]);
  });
}

test("P9 a record of a writer whose lock was taken over is acknowledged once it is merged", async () => {
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
  await store.persist();
  assert.ok((await at.open()).snapshot().equals(tableOf(3, 9)));
  await store.close();
  assert.ok((await at.table()).equals(tableOf(3, 9)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
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
    assert.ok(statSync(at.main).mtimeMs - ours > tickOf(ours));
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

for (const [clock, fraction] of [["fine", 0.5], ["coarse", 0]] as const) {
  test(`P9 a file that changed just now is no conflict for its reader, by a ${clock} clock`, async () => {
    for (const onConflict of ["throw", "merge"] as const) {
      let now = 1_700_000_000_000 + fraction;
      await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
      await utimes(at.main, now / 1000, now / 1000);
      const { nodeFileSystem } = await import("../../../mod.ts");
      const fileSystem = {
        ...nodeFileSystem,
        now: () => now,
        pause: async (ms: number) => void (now += ms),
      };
      const store = await at.open({ onConflict, fileSystem });
      store.update(queue(0), 2, true);
      await store.persist();
      assert.ok((await at.table()).equals(tableOf(2)));
    }
  });
}
