/** L4: what no runtime can read again is refused before it is acknowledged, and is not called corrupt. */
import assert from "node:assert/strict";
import { truncate } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { LocalFileOffsetStore, OffsetPersistError, OffsetTable, serialize } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { openFiles } from "../../src/file/store/open_files.ts";
import { storeOf } from "../../src/file/store/local_file_offset_store.ts";
import { run } from "../scripts/offsets_run.ts";
import { check } from "../support/check.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";

const OPTIONS = { clientId: "c", group: "g", root: "/root" };

/** A store on a simulated disk that reads no more than so many bytes of a file. */
async function openWith(longest: number, journal: boolean) {
  const fileSystem = new SimulatedFileSystem(await diskWith());
  const options = { ...OPTIONS, fileSystem, journal };
  const store = storeOf(await openFiles(options, { longest }), options);
  const reopen = () => LocalFileOffsetStore.open({ ...OPTIONS, fileSystem });
  const lengths = async () => {
    const paths = ["offset.json", "offset.json.journal"].map((name) => `/root/c/g/${name}`);
    return await Promise.all(paths.map(async (path) => {
      const file = await fileSystem.readFile(path).catch(() => undefined);
      // Zeros behind the last record are room for the next one.
      return new TextDecoder().decode(file?.bytes).replace(/\0+$/, "").length;
    }));
  };
  return { store, reopen, lengths };
}

test("L4 a table that could not be read again is refused, and the last one stays", async () => {
  const limit = serialize(tableOf(1, 2, 3), { checksum: true }).length;
  const { store, reopen } = await openWith(limit, false);
  for (const id of [0, 1, 2]) store.update(queue(id), id + 1, true);
  await store.persist();
  store.update(queue(3), 4n, true);
  const refusal = await store.persist().then(() => undefined, (error) => error);
  assert.ok(refusal instanceof OffsetPersistError);
  assert.equal(refusal.onDisk, "previous");
  assert.match(
    refusal.message,
    new RegExp(
      `^Cannot persist offsets to "/root/c/g/offset.json": the table has \\d+ bytes as text, and ` +
        `at most ${limit} can be read again; delete queues that are gone, or keep the offsets of ` +
        "some topics in another store; the file is as it was",
    ),
  );
  assert.ok((await reopen()).snapshot().equals(tableOf(1, 2, 3)));
  // The way out that the message names.
  await store.deleteDurable(queue(3));
  await store.close();
  assert.ok((await reopen()).snapshot().equals(tableOf(1, 2, 3)));
});

test("L4 an acknowledged table is in files that can be read again", async () => {
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(1e6)), { minLength: 1, maxLength: 20 });
  await check(
    fc.asyncProperty(steps, fc.integer({ min: 150, max: 900 }), fc.boolean(), async (...args) => {
      const [updates, longest, journal] = args;
      const { store, reopen, lengths } = await openWith(longest, journal);
      let acknowledged = OffsetTable.empty;
      for (const [id, offset] of updates) {
        store.update(queue(id), offset, true);
        const isTaken = await store.persist().then(() => true, (error) => {
          assert.ok(error instanceof OffsetPersistError, `${error}`);
          return false;
        });
        if (isTaken) acknowledged = store.snapshot();
        const [main, log] = await lengths();
        assert.ok(main <= longest, `main has ${main} of ${longest} bytes`);
        assert.ok(log <= longest, `the journal has ${log} of ${longest} bytes`);
        if (isTaken) assert.ok((await reopen()).snapshot().equals(acknowledged));
      }
      await store.abandon();
    }),
    { numRuns: 50 },
  );
});

test("L4 a journal that grows to what can be read again is folded in before", async () => {
  const { store, lengths, reopen } = await openWith(2000, true);
  let longest = 0;
  for (let offset = 1; offset <= 100; offset++) {
    store.update(queue(0), offset, true);
    await store.persist();
    longest = Math.max(longest, (await lengths())[1]);
  }
  assert.ok(longest > 0, "there is a journal");
  await store.persist();
  assert.ok((await reopen()).snapshot().equals(tableOf(100)));
  await store.close();
});

test("L4 a main of 6 GiB beside a good backup: store and tool refuse it and say why", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "",
    "offset.json.bak": tableOf(1),
  });
  // A sparse file takes no room.
  await truncate(at.main, 6 * 2 ** 30);
  const state = `it has ${6 * 2 ** 30} bytes, and at most ${2 ** 29 - 24} can be read; ` +
    "if it is no offset file, move it away";
  await assert.rejects(at.open(), {
    name: "OffsetLoadError",
    message: `Cannot load offsets from ${JSON.stringify(at.main)}: ${state}`,
  });
  // An open that asks for a reset is refused as well: the file may be intact.
  await assert.rejects(at.open({ onCorrupt: "reset" }), { name: "OffsetLoadError" });
  const list = await run(["list", at.root, "--wide"]);
  assert.match(list.out, /main cannot be examined: it has 6442450944 bytes/);
  assert.doesNotMatch(list.out, /recoverable/);
  assert.equal(list.code, 1);
  const verify = await run(["verify", at.main]);
  assert.ok(verify.out.replaceAll(/\n +/g, " ").includes(state), verify.out);
  for (const args of [["rescue", at.main], ["rescue", at.main, "--yes"]]) {
    const { code, err } = await run(args);
    assert.equal(code, 3);
    assert.ok(err.startsWith(`Cannot rescue ${JSON.stringify(at.main)}: it cannot be examined (`));
    assert.ok(
      err.includes("move it away, and run the same command again to go back to the backup"),
    );
  }
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});
