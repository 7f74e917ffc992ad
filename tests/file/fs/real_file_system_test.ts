import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstat, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { LocalFileOffsetStore, OffsetLoadError, OffsetPersistError } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

test("P4 a symbolic link as main is followed, and is still one afterwards", async () => {
  await using at = await StoreDirectory.make({ "real.json": tableOf(1) });
  await mkdir(join(at.root, "elsewhere"));
  await symlink("../client/group/real.json", join(at.root, "elsewhere", "middle.json"));
  await symlink("../../elsewhere/middle.json", at.main);
  const store = await at.open();
  assert.equal(store.path, at.main);
  store.update(queue(0), 2, true);
  await store.persist();
  assert.ok((await lstat(at.main)).isSymbolicLink());
  assert.ok((await at.table("real.json")).equals(tableOf(2)));
  assert.ok((await at.table("real.json.bak")).equals(tableOf(1)));
  assert.deepEqual(await at.names(), ["offset.json", "real.json", "real.json.bak"]);
});

test("L1 a link that leads nowhere is a fresh store, and links in a circle are an error", async () => {
  await using at = await StoreDirectory.make({ "other.json": "" });
  await symlink("not/yet/there.json", at.main);
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "fresh");
  store.update(queue(0), 1, true);
  await store.persist();
  assert.ok((await at.table("not/yet/there.json")).equals(tableOf(1)));
  assert.ok((await lstat(at.main)).isSymbolicLink());
  await symlink("b", at.path("a"));
  await symlink("a", at.path("b"));
  await symlink("a", at.path("offsets.json"));
  await assert.rejects(
    at.open({ format: "java" }),
    (error) =>
      error instanceof OffsetLoadError && /more than 40 symbolic links/.test(error.message),
  );
});

test("L5 a directory in the place of main or of the store is an error, and nothing is changed", async () => {
  await using at = await StoreDirectory.make({ "offset.json.bak": tableOf(1) });
  await mkdir(at.main);
  await assert.rejects(at.open({ onCorrupt: "reset" }), {
    name: "OffsetLoadError",
    code: "EISDIR",
  });
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
  await assert.rejects(
    LocalFileOffsetStore.open({ clientId: "offset.json.bak", group: "g", root: at.directory }),
    { name: "OffsetLoadError" },
  );
});

test("P4 a read-only directory: the error says so, and the file is as it was", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  // Permissions do not stop root, so the refusal is the file system's here.
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "create", code: "EACCES" }];
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EACCES" });
  assert.deepEqual(await at.names(), ["offset.json"]);
  assert.equal(store.peek(queue(0)), 2n);
});

test("P4 a full disk: the error says so, nothing is lost, and room makes it go on", async () => {
  await using at = await StoreDirectory.make();
  const mounted = mountSmallDisk(at.root);
  const faulty = new FaultyFileSystem();
  const store = await at.open({ fileSystem: faulty.fileSystem });
  try {
    store.update(queue(0), 1, true);
    await store.persist();
    // On a real small disk the table grows until it is full; elsewhere the disk is said to be.
    if (!mounted) faulty.faults = [{ when: ({ name }) => name === "write", code: "ENOSPC" }];
    for (let id = 1; id < 3000; id++) store.update(queue(id), id, true);
    await assert.rejects(store.persist(), OffsetPersistError);
    assert.ok((await at.table()).equals(tableOf(1)));
    assert.deepEqual((await readdir(at.directory)).filter((name) => name.endsWith(".tmp")), []);
    faulty.faults = [];
    for (let id = 1; id < 3000; id++) store.remove(queue(id));
    store.update(queue(0), 2, true);
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(2)));
  } finally {
    if (mounted) execFileSync("umount", [at.root]);
  }
});

/** Mounts a disk of 128 KiB if this user may, unless `SMALL_DISK` is `pretended`. */
function mountSmallDisk(path: string): boolean {
  if (process.env.SMALL_DISK === "pretended") return false;
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
