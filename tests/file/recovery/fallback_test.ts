import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { type Diagnostic, nodeFileSystem } from "../../../mod.ts";
import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import { LockFile } from "../../../src/file/commit/lock_file.ts";
import { isUnreadable, messageOf } from "../../../src/file/errors/error_code.ts";
import { FaultyFileSystem, systemError } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

test("P7 without hard links a bad main is moved aside before it is replaced", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "link", code: "EPERM" }];
  const seen: Diagnostic[] = [];
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    onDiagnostic: (each) => seen.push(each),
  });
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(seen.map(({ kind }) => kind), ["recovered", "kept-aside"]);
  const [, kept] = seen;
  assert.ok(kept.kind === "kept-aside" && kept.path === at.main);
  assert.equal(await at.text(kept.keptAs.slice(at.directory.length + 1)), "bad");
});

test("P7 a bad main that cannot be kept is not replaced", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "link", code: "ENOSPC" }];
  const store = await at.open({ fileSystem: faulty.fileSystem });
  await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "ENOSPC" });
  assert.equal(await at.text("offset.json"), "bad");
});

test("P7 a bad main that has vanished in the meantime is no loss: what was recovered is written", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const store = await at.open();
  await rm(at.main);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("P7 a bad main that vanishes just before it is kept is none to be told of", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "bad",
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  faulty.before = ({ name, path }) =>
    name === "link" && path.includes(".corrupt-") ? rm(at.main) : undefined;
  const seen: Diagnostic[] = [];
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    onDiagnostic: (each) => seen.push(each),
  });
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(seen.map(({ kind }) => kind), ["recovered"]);
});

test("P7 an empty main is not worth keeping", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "", "offset.json.bak": tableOf(1) });
  await (await at.open()).persist();
  assert.ok((await at.table()).equals(tableOf(1)));
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("L2 P9 a main of which the device tells nothing is passed over, and merged once it can be read", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": tableOf(2),
    "offset.json.bak": tableOf(1),
  });
  const faulty = new FaultyFileSystem();
  const isMain = ({ name, path }: { name: string; path: string }) =>
    path === at.main && (name === "readFile" || name === "stat");
  faulty.faults = [{ when: isMain, code: "EIO" }];
  const store = await at.open({ fileSystem: faulty.fileSystem, onConflict: "merge" });
  assert.equal(store.loadOutcome.source, `${at.main}.bak`);
  faulty.faults = [];
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(2)));
});

test("P4 a file system that reports more than it took is found out", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const create: FileSystem["create"] = async (path) => {
    const file = await nodeFileSystem.create(path);
    const write: WritableFile["write"] = async (bytes, position) => {
      await file.write(bytes.subarray(1), position);
      return bytes.length;
    };
    return { ...file, write };
  };
  const store = await at.open({ fileSystem: { ...nodeFileSystem, create } });
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), /only \d+ of \d+ bytes were accepted/);
  assert.ok((await at.table()).equals(tableOf(1)));
});

test("a lock that changes hands while one waits is not stale; one caught by mistake is put back", async () => {
  await using at = await StoreDirectory.make({ lock: "1" });
  const path = at.path("lock");
  let pauses = 0;
  const changing: FileSystem = {
    ...nodeFileSystem,
    async pause(ms, signal) {
      // The holder's beats go by the real clock.
      if (signal !== undefined) return await nodeFileSystem.pause(ms, signal);
      // A new owner now and then, for longer than a stale lock would be waited for.
      if (++pauses % 50 === 0) {
        await writeFile(at.path("next"), String(pauses).repeat(pauses));
        await rename(at.path("next"), path);
      }
      if (pauses === 300) await rm(path);
    },
  };
  const lock = await LockFile.acquire(changing, path);
  assert.equal(pauses, 300);
  await lock.release();
  assert.equal(await nodeFileSystem.stat(path), undefined);

  await writeFile(path, "dead");
  let caught = false;
  const hasty: FileSystem = {
    ...nodeFileSystem,
    pause: async () => {},
    async rename(from, to) {
      // Between the last look and the removal, another waiter has made way and taken it.
      if (!caught) {
        await rm(path);
        await writeFile(path, "of another");
      }
      await nodeFileSystem.rename(from, to);
    },
    async link(existing, to) {
      caught = true;
      await nodeFileSystem.link(existing, to);
    },
  };
  const taken = await LockFile.acquire(hasty, path);
  assert.ok(caught);
  assert.ok(await taken.isHeld());
});

test("a lock's release never removes another's, and never rejects", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const path = at.path("lock");
  const lock = await LockFile.acquire(nodeFileSystem, path);
  await rm(path);
  await writeFile(path, "of another");
  assert.ok(!await lock.isHeld());
  await lock.release();
  assert.equal(await at.text("lock"), "of another");
});

test("errors of any kind have a message and are classified by their code alone", () => {
  assert.equal(messageOf("text"), "text");
  assert.equal(messageOf(new Error("text")), "text");
  for (const code of ["EIO", "EUCLEAN", "EBADMSG", "EILSEQ", "ENODATA"]) {
    assert.ok(isUnreadable(systemError(code, "read")));
  }
  for (const error of [undefined, null, new Error("EIO"), systemError("EACCES", "read")]) {
    assert.ok(!isUnreadable(error));
  }
});
