/** The directories above a store's file: which are made, and which entries are synced. */
import assert from "node:assert/strict";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { LocalFileOffsetStore } from "../../../mod.ts";
import { DirectoryPath } from "../../../src/file/fs/directory_path.ts";
import { failingDirectorySync, wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import { powerCuts } from "../../../scripts/verify/disk/power_cuts.ts";
import { SimulatedDisk } from "../../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory } from "../../support/store_directory.ts";
import { WatchedDirectories } from "../../support/watched_directories.ts";

test("P2 L6 every entry from the root's own down to the file is synced, whoever made it", async () => {
  await using at = await StoreDirectory.make();
  await mkdir(join(at.root, "root", "c", "g"), { recursive: true });
  const watched = new WatchedDirectories(at, "root", "root/c/g/offset.json");
  const synced = ["syncDirectory .", "syncDirectory root", "syncDirectory root/c"];
  await watched.path.make("full");
  assert.deepEqual(watched.take(), [
    ...["makeDirectory root", "makeDirectory root/c", "makeDirectory root/c/g"],
    ...synced,
  ]);
  await watched.path.sync();
  assert.deepEqual(watched.take(), synced);
});

test("P2 a directory that is made is synced while it is empty, and open to its owner alone", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "root", "root/c/offset.json");
  await watched.path.make("full");
  assert.deepEqual(watched.take(), [
    ...["makeDirectory root", "syncDirectory ."],
    ...["makeDirectory root/c", "syncDirectory root"],
    ...["syncDirectory .", "syncDirectory root"],
  ]);
  for (const name of ["root", "root/c"]) {
    assert.equal((await stat(join(at.root, name))).mode & 0o777, 0o700);
  }
});

test("P2 a relaxed store makes its directories and syncs none", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "root", "root/c/offset.json");
  for (let n = 0; n < 2; n++) {
    await watched.path.make("relaxed");
    assert.deepEqual(watched.take(), ["makeDirectory root", "makeDirectory root/c"]);
  }
});

test("L6 a sync makes no directory, and one that is missing is an error", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "root", "root/c/offset.json");
  await assert.rejects(watched.path.sync(), { code: "ENOENT" });
  assert.deepEqual(await readdir(at.root), []);
});

test("P2 a file in the root itself needs the root alone", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "root", "root/offset.json");
  await watched.path.make("full");
  assert.deepEqual(watched.take(), ["makeDirectory root", "syncDirectory .", "syncDirectory ."]);
});

test("P2 a name that begins with two dots lies below the root", async () => {
  await using at = await StoreDirectory.make();
  await mkdir(join(at.root, "root", "..c"), { recursive: true });
  const watched = new WatchedDirectories(at, "root", "root/..c/offset.json");
  await watched.path.sync();
  assert.deepEqual(watched.take(), ["syncDirectory .", "syncDirectory root"]);
});

test("P2 a file outside the root gets its own directory alone, synced in its parent", async () => {
  for (const file of ["other/offset.json", "offset.json"]) {
    await using at = await StoreDirectory.make();
    await mkdir(join(at.root, "a", "b"), { recursive: true });
    const watched = new WatchedDirectories(at, "a/b/root", `a/${file}`);
    await watched.path.make("full");
    const made = file === "offset.json" ? [] : ["syncDirectory a"];
    const directory = file === "offset.json" ? "a" : "a/other";
    const parent = file === "offset.json" ? "." : "a";
    assert.deepEqual(watched.take(), [
      `makeDirectory ${directory}`,
      ...made,
      `syncDirectory ${parent}`,
    ]);
  }
});

test("P2 a linked main has the link's own entry synced, and the target's directory made", async () => {
  await using at = await StoreDirectory.make();
  await mkdir(join(at.root, "root", "c"), { recursive: true });
  const watched = new WatchedDirectories(at, "root", "root/c/offset.json", "far/away/real.json");
  await watched.path.make("full");
  assert.deepEqual(watched.take(), [
    ...["makeDirectory root", "makeDirectory root/c", "makeDirectory far/away"],
    ...["makeDirectory far", "syncDirectory .", "makeDirectory far/away", "syncDirectory far"],
    ...["syncDirectory .", "syncDirectory root", "syncDirectory root/c"],
  ]);
});

test("P2 above the root, what is made is synced, from the top", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "a/b/root", "a/b/root/offset.json");
  await watched.path.make("full");
  assert.deepEqual(watched.take(), [
    ...["makeDirectory a/b/root", "makeDirectory a/b", "makeDirectory a", "syncDirectory ."],
    ...["makeDirectory a/b", "syncDirectory a", "makeDirectory a/b/root", "syncDirectory a/b"],
    "syncDirectory a/b",
  ]);
  assert.equal((await stat(join(at.root, "a"))).mode & 0o777, 0o700);
});

test("P4 a root that somebody else makes at the same time is no failure", async () => {
  await using at = await StoreDirectory.make();
  const root = join(at.root, "a", "root");
  const faulty = new FaultyFileSystem();
  let raced = false;
  faulty.before = async ({ name }) => {
    if (name === "syncDirectory" && !raced) await mkdir(root, { recursive: true });
    if (name === "syncDirectory") raced = true;
  };
  const { fileSystem } = faulty;
  const store = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root, fileSystem });
  store.update(queue(0), 1, true);
  await store.persist();
  assert.ok(raced);
  const again = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root });
  assert.equal(again.peek(queue(0)), 1n);
});

/** The directories of a store on the simulated disk, the root first. */
const SIMULATED = ["/root", "/root/c", "/root/c/g"];

test("P2 L6 once they are made, no power cut takes a directory back, whichever sync failed before", async () => {
  const ours = fc.integer({ min: 1, max: 9 });
  await check(
    fc.asyncProperty(fc.nat(SIMULATED.length), ours, fc.boolean(), async (others, n, unmade) => {
      const disk = new SimulatedDisk();
      const stranger = new SimulatedFileSystem(disk);
      for (const path of SIMULATED.slice(0, others)) await stranger.makeDirectory(path);
      const failing = failingDirectorySync(n)(new SimulatedFileSystem(disk));
      let removals = 0;
      const fs = unmade ? failing : wrap(new SimulatedFileSystem(disk), {
        makeDirectory: failing.makeDirectory,
        syncDirectory: failing.syncDirectory,
        async removeDirectory(path) {
          if (removals++ === 0) throw Object.assign(new Error("EIO"), { code: "EIO" });
          await failing.removeDirectory(path);
        },
      });
      const main = "/root/c/g/offset.json";
      const path = new DirectoryPath(fs, { root: "/root", path: main, main }, () => assert.fail());
      for (let attempt = 1;; attempt++) {
        const isDone = await path.make("full").then(() => true, () => false);
        if (isDone) break;
        assert.ok(attempt < 3, "a sync that fails once fails one attempt");
      }
      for (const { disk: after, story } of powerCuts(disk)) {
        const seen = new SimulatedFileSystem(after);
        for (const each of SIMULATED) assert.ok(await seen.stat(each), story().join("\n"));
      }
    }),
    { numRuns: 200 },
  );
});
