/** The lock between writers that merge: how long it is waited for, and what stops that. */
import assert from "node:assert/strict";
import { rm, symlink, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import { LockFile } from "../../../src/file/commit/lock_file.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import { systemError } from "../../support/faulty_file_system.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** More pauses than any wait here takes. */
const FOR_EVER = 1000;

/** A file system whose pauses are counted and take no time. */
function timeless(over: Partial<FileSystem> = {}) {
  const pauses: number[] = [];
  const pause = async (ms: number, signal?: AbortSignal) => {
    // The holder's beats go by the real clock.
    if (signal !== undefined) return await nodeFileSystem.pause(ms, signal);
    if (pauses.push(ms) > FOR_EVER) throw new Error("it waits for ever");
  };
  return { pauses, fileSystem: { ...nodeFileSystem, pause, ...over } };
}

const fails = (code: string, call: string) => () => Promise.reject(systemError(code, call));

test("P9 the lock of a dead writer is waited for with growing pauses, five seconds in all", async () => {
  await using at = await StoreDirectory.make({ lock: "" });
  const { pauses, fileSystem } = timeless();
  const lock = await LockFile.acquire(fileSystem, at.path("lock"));
  assert.deepEqual(pauses.slice(0, 8), [1, 2, 4, 8, 16, 32, 50, 50]);
  assert.ok(pauses.slice(6, -1).every((ms) => ms === 50));
  assert.equal(pauses.reduce((sum, ms) => sum + ms), 5000);
  assert.equal(await lock.isHeld(), true);
  assert.deepEqual(await at.names(), ["lock"]);
  await lock.release();
});

test("O3 a path that is no regular file is no lock: it is refused at once, and stays", async () => {
  for (const target of ["nowhere", "other", "."]) {
    await using at = await StoreDirectory.make({ other: "" });
    await symlink(target, at.path("lock"));
    const { pauses, fileSystem } = timeless();
    await assert.rejects(LockFile.acquire(fileSystem, at.path("lock")), {
      name: "NotRegularFileError",
    });
    assert.deepEqual(pauses, []);
    assert.deepEqual(await at.names(), ["lock", "other"]);
  }
});

for (const isSeen of [true, false]) {
  test(`P9 a lock that cannot be taken, though ${isSeen ? "it is removed" : "none is there"}, is given up`, async () => {
    await using at = await StoreDirectory.make({ lock: "" });
    const path = at.path("lock");
    let renames = 0;
    const { pauses, fileSystem } = timeless({
      create: fails("EEXIST", "create"),
      ...(isSeen ? {} : { stat: () => Promise.resolve(undefined) }),
      async rename(from, to) {
        renames++;
        if (!isSeen) throw systemError("ENOENT", "rename");
        await nodeFileSystem.rename(from, to);
        await writeFile(path, "");
      },
    });
    await assert.rejects(LockFile.acquire(fileSystem, path), {
      name: "Error",
      message: `the lock "${path}" cannot be taken`,
    });
    assert.equal(renames, 3);
    assert.ok(pauses.reduce((sum, ms) => sum + ms) >= 4 * 5000);
  });
}

test("P9 a stale lock that somebody else removes first is no failure", async () => {
  await using at = await StoreDirectory.make({ lock: "", other: "" });
  const path = at.path("lock");
  const { fileSystem } = timeless({
    async rename(from, to) {
      await rm(from);
      await nodeFileSystem.rename(from, to);
    },
  });
  const lock = await LockFile.acquire(fileSystem, path);
  assert.deepEqual(await at.names(), ["lock", "other"]);
  await lock.release();
});

for (const call of ["create", "stat", "rename"] as const) {
  test(`P9 a lock whose ${call} fails is an error, and is not waited for any longer`, async () => {
    await using at = await StoreDirectory.make({ lock: "held" });
    const { pauses, fileSystem } = timeless({ [call]: fails("EACCES", call) });
    await assert.rejects(LockFile.acquire(fileSystem, at.path("lock")), { code: "EACCES" });
    // A lock is removed only after the wait.
    assert.equal(pauses.reduce((sum, ms) => sum + ms, 0), call === "rename" ? 5000 : 0);
    assert.equal(await at.text("lock"), "held");
  });
}
