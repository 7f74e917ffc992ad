/** A lock that goes from one holder to another. */
import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import { LockFile } from "../../../src/file/commit/lock_file.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";

test("P9 a lock that changes hands during a wait is not stale, and one caught by mistake is put back", async () => {
  await using at = await StoreDirectory.make({ lock: "1" });
  const path = at.path("lock");
  let pauses = 0;
  const changing: FileSystem = {
    ...nodeFileSystem,
    async pause(ms, signal) {
      // The holder's beats go by the real clock.
      if (signal !== undefined) return await nodeFileSystem.pause(ms, signal);
      // Now and then there is a new holder, for longer than the wait for a stale lock.
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
    pause: async (ms, signal) => signal && await nodeFileSystem.pause(ms, signal),
    async rename(from, to) {
      // Between the last look and the removal, another waiter has removed and taken it.
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
  await taken.release();
});

test("P9 the release of a lock never removes another's, and never rejects", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const path = at.path("lock");
  const lock = await LockFile.acquire(nodeFileSystem, path);
  await rm(path);
  await writeFile(path, "of another");
  assert.ok(!await lock.isHeld());
  await lock.release();
  assert.equal(await at.text("lock"), "of another");
});
