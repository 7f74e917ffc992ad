/** Directories that cannot be made or synced: which go again, and which syncs count. */
import assert from "node:assert/strict";
import { mkdir, readdir, rm, rmdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DirectoryPath } from "../../../src/file/fs/directory_path.ts";
import { type Call, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { named, WatchedDirectories } from "../../support/watched_directories.ts";

/** Errors of a call that the process may not make. */
const DENIED: Record<string, unknown> = {
  EACCES: Object.assign(new Error("denied"), { code: "EACCES" }),
  EPERM: Object.assign(new Error("denied"), { code: "EPERM" }),
  "Deno's NotCapable": Object.assign(new Error("denied"), { name: "NotCapable" }),
  "Deno's PermissionDenied": Object.assign(new Error("denied"), { name: "PermissionDenied" }),
};

for (const [what, error] of Object.entries(DENIED)) {
  test(`L6 a root whose own entry may not be synced is reported, and is no failure: ${what}`, async () => {
    for (const isThere of [true, false]) {
      await using at = await StoreDirectory.make();
      const root = join(at.root, "root");
      if (isThere) await mkdir(join(root, "c"), { recursive: true });
      const watched = new WatchedDirectories(at, "root", "root/c/offset.json");
      const { before } = watched.faulty;
      watched.faulty.before = async (call) => {
        await before(call);
        if (call.name === "syncDirectory" && call.path === at.root) throw error;
      };
      await watched.path.make("full");
      assert.ok(watched.reports.length > 0);
      for (const report of watched.reports) {
        assert.deepEqual(report, { kind: "root-not-synced", path: root, error });
      }
      assert.ok(watched.take().includes("syncDirectory root"), "the entries below it are synced");
      assert.deepEqual(await readdir(root), ["c"]);
    }
  });

  test(`P2 an entry below the root that may not be synced is an error: ${what}`, async () => {
    await using at = await StoreDirectory.make();
    await mkdir(join(at.root, "root", "c"), { recursive: true });
    const watched = new WatchedDirectories(at, "root", "root/c/offset.json");
    watched.faulty.before = ({ name, path }) => {
      if (name === "syncDirectory" && path === join(at.root, "root")) throw error;
    };
    await assert.rejects(watched.path.make("full"), (thrown) => thrown === error);
    assert.deepEqual(watched.reports, []);
  });
}

test("P2 O4 a directory that others made stays when its sync fails, and a later sync counts", async () => {
  for (const name of ["root", "root/c"]) {
    await using at = await StoreDirectory.make();
    await mkdir(join(at.root, "root", "c"), { recursive: true });
    const watched = new WatchedDirectories(at, "root", "root/c/offset.json");
    const parent = join(at.root, name, "..");
    const isIt = (call: Call) => call.name === "syncDirectory" && call.path === parent;
    watched.fail({ when: isIt, code: "EIO", once: true });
    await assert.rejects(watched.path.make("full"), { code: "EIO" });
    assert.ok(!watched.take().some((call) => call.startsWith("removeDirectory")));
    await watched.path.make("full");
    assert.deepEqual(watched.reports, []);
  }
});

test("P4 a directory that this process made and could not sync goes at once, and is made anew", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "", "c/offset.json");
  watched.fail({ when: named("syncDirectory"), code: "EIO", once: true });
  await assert.rejects(watched.path.make("full"), { code: "EIO" });
  assert.deepEqual(watched.take(), [
    ...["makeDirectory .", "makeDirectory c", "syncDirectory .", "removeDirectory c"],
  ]);
  assert.deepEqual(await readdir(at.root), []);
  await watched.path.make("full");
  assert.deepEqual(watched.take().slice(0, 3), [
    ...["makeDirectory .", "makeDirectory c", "syncDirectory ."],
  ]);
});

test("P4 if it cannot be removed at once, it is before it is made the next time", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "", "c/offset.json");
  const fail = { code: "EIO", once: true };
  watched.fail(
    { when: named("syncDirectory"), ...fail },
    { when: named("removeDirectory"), ...fail },
  );
  await assert.rejects(watched.path.make("full"), /syncDirectory failed/);
  assert.deepEqual(await readdir(at.root), ["c"]);
  watched.take();
  await watched.path.make("full");
  assert.deepEqual(watched.take().slice(0, 4), [
    ...["makeDirectory .", "removeDirectory c", "makeDirectory c", "syncDirectory ."],
  ]);
  await watched.path.make("full");
  assert.ok(!watched.take().includes("removeDirectory c"), "it is in doubt no longer");
});

/** A directory that this process made is in doubt: neither its sync nor its removal succeeded. */
async function inDoubt(at: StoreDirectory): Promise<WatchedDirectories> {
  const watched = new WatchedDirectories(at, "", "c/offset.json");
  watched.fail(
    { when: named("syncDirectory"), code: "EIO", once: true },
    { when: named("removeDirectory"), code: "EIO", once: true },
  );
  await assert.rejects(watched.path.make("full"), { code: "EIO" });
  watched.take();
  return watched;
}

test("P4 a directory in doubt that has gone meanwhile is made anew", async () => {
  await using at = await StoreDirectory.make();
  const watched = await inDoubt(at);
  await rmdir(join(at.root, "c"));
  await watched.path.make("full");
  assert.deepEqual(await readdir(at.root), ["c"]);
});

test("P4 O4 a directory in doubt that others use is an error, and stays until they leave it", async () => {
  await using at = await StoreDirectory.make();
  const watched = await inDoubt(at);
  await writeFile(join(at.root, "c", "guest"), "");
  for (let n = 0; n < 2; n++) {
    await assert.rejects(watched.path.make("full"), { code: "ENOTEMPTY" });
    assert.deepEqual(await readdir(join(at.root, "c")), ["guest"]);
  }
  await rm(join(at.root, "c", "guest"));
  await watched.path.make("full");
});

test("P4 O4 a directory that others use before its sync fails is theirs: a later sync counts", async () => {
  await using at = await StoreDirectory.make();
  const watched = new WatchedDirectories(at, "", "c/offset.json");
  const { before } = watched.faulty;
  watched.faulty.before = async (call) => {
    await before(call);
    if (call.name === "removeDirectory") await writeFile(join(at.root, "c", "guest"), "");
  };
  watched.fail({ when: named("syncDirectory"), code: "EIO", once: true });
  await assert.rejects(watched.path.make("full"), { code: "EIO" });
  watched.take();
  await watched.path.make("full");
  assert.ok(!watched.take().includes("removeDirectory c"));
  assert.deepEqual(await readdir(join(at.root, "c")), ["guest"]);
});

test("O4 a directory that others make in the place of a removed one is not removed", async () => {
  for (const removedBy of ["this process", "others"]) {
    await using at = await StoreDirectory.make();
    const watched = new WatchedDirectories(at, "", "c/offset.json");
    const { before } = watched.faulty;
    watched.faulty.before = async (call) => {
      await before(call);
      const isOthers = removedBy === "others" && call.name === "removeDirectory";
      if (isOthers) await rmdir(join(at.root, "c"));
    };
    watched.fail({ when: named("syncDirectory"), code: "EIO", once: true });
    await assert.rejects(watched.path.make("full"), { code: "EIO" });
    await mkdir(join(at.root, "c"));
    const { ino } = await stat(join(at.root, "c"));
    watched.take();
    await watched.path.make("full");
    assert.ok(!watched.take().includes("removeDirectory c"));
    assert.equal((await stat(join(at.root, "c"))).ino, ino);
  }
});

test("P4 a directory that cannot be made is an error at once, and those above it are left alone", async () => {
  await using at = await StoreDirectory.make();
  for (const code of ["EACCES", "ENOSPC", "ENOTDIR", undefined]) {
    const watched = new WatchedDirectories(at, "a/root", "a/root/offset.json");
    watched.fail({ when: named("makeDirectory"), code, once: true });
    await assert.rejects(watched.path.make("full"), /makeDirectory failed$/);
    assert.deepEqual(watched.take(), ["makeDirectory a/root"]);
  }
});

test("P4 a file in the place of a directory is an error", async () => {
  await using at = await StoreDirectory.make();
  await writeFile(join(at.root, "file"), "");
  const watched = new WatchedDirectories(at, "file/root", "file/root/offset.json");
  await assert.rejects(watched.path.make("full"), { code: "ENOTDIR" });
});

test("P4 a system without even a top directory is an error, not an endless climb", async () => {
  const faulty = new FaultyFileSystem();
  faulty.before = () => assert.ok(faulty.calls.length < 10);
  faulty.faults = [{ when: named("makeDirectory"), code: "ENOENT" }];
  const root = join("/", "a", "b");
  const main = join(root, "offset.json");
  const path = new DirectoryPath(faulty.fileSystem, { root, path: main, main }, () => {});
  await assert.rejects(path.make("full"), { code: "ENOENT" });
  assert.deepEqual(faulty.take(), Array(3).fill("makeDirectory"));
});

test("P4 a root below a link that leads nowhere is an error, not an endless climb", async () => {
  await using at = await StoreDirectory.make();
  await symlink("nowhere", join(at.root, "link"));
  const watched = new WatchedDirectories(at, "link/root", "link/root/offset.json");
  const { before } = watched.faulty;
  watched.faulty.before = (call) => {
    assert.ok(watched.calls.length < 10, "the climb ends");
    return before(call);
  };
  await assert.rejects(watched.path.make("full"), { code: "ENOENT" });
  assert.deepEqual(await readdir(at.root), ["link"]);
});

test("P4 a persist whose directories cannot be made or synced says so, and the next one succeeds", async () => {
  for (const name of ["makeDirectory", "syncDirectory"]) {
    for (const path of ["client", "client/group"]) {
      await using at = await StoreDirectory.make();
      const faulty = new FaultyFileSystem();
      const store = await at.open({ fileSystem: faulty.fileSystem });
      store.update(queue(0), 1, true);
      const failing = name === "makeDirectory" ? path : join(path, "..");
      const isIt = (call: Call) => call.name === name && call.path === join(at.root, failing);
      faulty.faults = [{ when: isIt, code: "EIO", once: true }];
      await assert.rejects(store.persist(), {
        name: "OffsetPersistError",
        code: "EIO",
        onDisk: "previous",
        message: new RegExp(`: EIO: ${name} failed; the file is as it was; the device`),
      });
      await store.persist();
      assert.ok((await at.table()).equals(tableOf(1)));
    }
  }
});
