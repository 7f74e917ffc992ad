/** The temporary files of a store's own persists, and of killed ones. */
import assert from "node:assert/strict";
import { readFile, rm, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { type Diagnostic, nodeFileSystem } from "../../../mod.ts";
import { makeUniqueName, temporaryOf } from "../../../src/file/paths.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { pendingBackupName, temporaryName } from "../../support/temporary_names.ts";
import { noting } from "../../support/noting.ts";

/** When the leftovers were written, in milliseconds since 1970. */
const LONG_AGO = 1e12;
const MINUTE_MS = 60_000;

/** Writes a leftover of a killed process. */
async function write(at: StoreDirectory, name: string): Promise<void> {
  await writeFile(at.path(name), "");
  await utimes(at.path(name), LONG_AGO / 1000, LONG_AGO / 1000);
}

test("P8 a persist removes leftovers once they are a minute old, however many came before", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  await write(at, temporaryName(1));
  let age = 0;
  const store = await at.open({ fileSystem: { ...nodeFileSystem, now: () => LONG_AGO + age } });
  const persist = async (offset: number) => {
    store.update(queue(0), offset, true);
    await store.persist();
  };
  for (const ms of [MINUTE_MS / 2, MINUTE_MS - 1]) {
    age = ms;
    await persist(ms);
    assert.ok((await at.names()).includes(temporaryName(1)), `${ms} ms`);
  }
  age = MINUTE_MS;
  await persist(MINUTE_MS);
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("P8 leftovers that cannot be removed are reported, and the persist goes on", async () => {
  for (const [call, code] of [["unlink", "EACCES"], ["readDirectory", undefined]]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    await write(at, temporaryName(1));
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: ({ name }) => name === call, code, once: true }];
    const seen: Diagnostic[] = [];
    const onDiagnostic = noting(seen);
    const store = await at.open({ fileSystem: faulty.fileSystem, onDiagnostic });
    store.update(queue(0), 2, true);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(2)));
    const [diagnostic, ...others] = seen;
    assert.deepEqual(others, []);
    assert.ok(diagnostic.kind === "cleanup-failed" && diagnostic.path === at.main);
    assert.match((diagnostic.error as Error).message, new RegExp(`: ${call} failed$`));
  }
});

test("P8 beside a bad main, leftovers stay until a new main is written", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "", "offset.json.bak": tableOf(1) });
  await write(at, temporaryName(1));
  const store = await at.open();
  await store.persist();
  assert.ok((await at.names()).includes(temporaryName(1)));
  store.update(queue(0), 2, true);
  await store.persist();
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("P8 a temporary file of the same name is another's: it is not written, and not removed", async () => {
  const unique = makeUniqueName();
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open({ fileSystem: { ...nodeFileSystem, uniqueName: () => unique } });
  await writeFile(temporaryOf(at.main, unique), "another's");
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EEXIST" });
  assert.equal(await readFile(temporaryOf(at.main, unique), "utf8"), "another's");
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("P8 a failure after the temporary file is written removes it, whatever its code", async () => {
  for (const name of ["link", "rename"]) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: (call) => call.name === name, code: "EEXIST" }];
    const store = await at.open({ fileSystem: faulty.fileSystem });
    store.update(queue(0), 2, true);
    await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EEXIST" });
    assert.deepEqual(await at.names(), ["offset.json"]);
  }
});

test("P4 P8 a temporary file that vanishes is an error, and the file is as it was", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  faulty.before = async ({ name }) => {
    if (name !== "rename") return;
    const names = (await at.names()).filter((each) => each.endsWith(".tmp"));
    for (const each of names) if (!each.endsWith(".bak.tmp")) await rm(at.path(each));
  };
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), { code: "ENOENT", onDisk: "previous" });
  assert.deepEqual(await at.names(), ["offset.json"]);
  faulty.before = () => {};
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(2)));
});

test(
  "L2 P2 a pending backup of a killed process never replaces what was acknowledged since",
  async () => {
    await using at = await StoreDirectory.make();
    const killed = await at.open();
    killed.update(queue(0), 1, true);
    await killed.persist();
    await nodeFileSystem.link(at.main, at.path(pendingBackupName(1)));
    // The next process starts at once, so the leftover is younger than a minute.
    const store = await at.open();
    for (const offset of [2, 3, 4]) {
      store.update(queue(0), offset, true);
      await store.persist();
    }
    await store.close();
    await rm(at.main);
    assert.equal((await at.open()).loadOutcome.source, at.path("offset.json.bak"));
  },
);
