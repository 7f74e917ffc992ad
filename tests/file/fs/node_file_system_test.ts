/** The calls of the real file system, and the differences on Windows. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { nodeFileSystem } from "../../../mod.ts";
import { nodeCalls } from "../../../src/file/fs/node_calls.ts";
import { makeNodeFileSystem } from "../../../src/file/fs/node_file_system.ts";
import { statNow } from "../../../src/file/fs/node_stat.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const posix = makeNodeFileSystem("linux");
const windows = makeNodeFileSystem("win32");

test("O3 only a regular file is read; anything else is an error at once, and stays", async () => {
  await using at = await StoreDirectory.make({ file: "text" });
  await symlink("file", at.path("link"));
  for (const name of ["file", "link"]) {
    const { bytes, info } = await posix.readFile(at.path(name));
    assert.equal(new TextDecoder().decode(bytes), "text");
    assert.deepEqual(info, statNow(at.path("file")));
  }
  await assert.rejects(posix.readFile(at.path("none")), { code: "ENOENT" });
  await assert.rejects(posix.readFile(at.directory), { code: "EISDIR" });
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [at.path("fifo")]);
  await symlink("fifo", at.path("link to fifo"));
  for (const path of [at.path("fifo"), at.path("link to fifo"), "/dev/null"]) {
    await assert.rejects(posix.readFile(path), {
      name: "NotRegularFileError",
      message: `${JSON.stringify(path)} is not a regular file; it stays as it is`,
    });
  }
  assert.deepEqual(await at.names(), ["fifo", "file", "link", "link to fifo"]);
});

test("P8 O1 a new file must not be there yet, and is open to its owner alone", async () => {
  await using at = await StoreDirectory.make({ there: "text" });
  await symlink("nowhere", at.path("link"));
  for (const name of ["there", "link"]) {
    await assert.rejects(posix.create(at.path(name)), { code: "EEXIST" });
  }
  assert.equal(await at.text("there"), "text");
  const file = await posix.create(at.path("new"));
  const { mode, size, kind } = await file.stat();
  assert.deepEqual([mode, size, kind], [0o600, 0, "file"]);
  await file.close();
});

test("P9 the clock of the file system is in milliseconds since 1970", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const before = posix.now();
  await writeFile(at.path("new"), "");
  const { mtimeMs } = (await posix.stat(at.path("new")))!;
  // The clock for files ticks every few milliseconds.
  assert.ok(mtimeMs >= before - 20 && mtimeMs <= posix.now() + 20, `${mtimeMs - before}`);
});

test("P2 a sync that is not possible is an error", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await posix.syncFile(at.path("file"));
  await posix.syncDirectory(at.directory);
  for (const sync of [posix.syncFile, posix.syncDirectory]) {
    await assert.rejects(sync(at.path("none")), { code: "ENOENT" });
  }
  // A device without content cannot be synced: the error shows that the system was asked.
  if (process.platform !== "linux") return;
  for (const sync of [posix.syncFile, posix.syncDirectory]) {
    await assert.rejects(sync("/dev/null"), { code: "EINVAL" });
  }
});

test("P2 a file that was opened for a sync is closed again, even if the sync failed", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  // Only Linux lists the open files.
  if (process.platform !== "linux") return;
  const countOpen = async () => (await readdir("/proc/self/fd")).length;
  const before = await countOpen();
  for (let n = 0; n < 50; n++) {
    await posix.syncFile(at.path("file"));
    await posix.syncDirectory(at.directory);
    await assert.rejects(posix.syncFile("/dev/null"), { code: "EINVAL" });
  }
  assert.ok(await countOpen() < before + 50, "files stay open");
});

test("P2 on Windows a file is opened for writing to sync it, and a directory is not synced", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await windows.syncFile(at.path("file"));
  // A directory cannot be opened for writing.
  await assert.rejects(windows.syncFile(at.directory), { code: "EISDIR" });
  await windows.syncDirectory(at.path("none"));
});

test("L2 a link's target is as it is written there, and a file has none", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await symlink("some/../where", at.path("link"));
  assert.equal(await nodeFileSystem.readLink(at.path("link")), "some/../where");
  assert.equal(await nodeFileSystem.readLink(at.path("file")), undefined);
  await assert.rejects(nodeFileSystem.readLink(at.path("none")), { code: "ENOENT" });
});

test("P8 a unique name begins with the time, so that a listing shows the order", () => {
  const before = new Date().toISOString().replace(/[-:]/g, "");
  const [name, other] = [nodeFileSystem.uniqueName(), nodeFileSystem.uniqueName()];
  assert.match(name, /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}$/);
  assert.notEqual(name, other);
  assert.ok(name > before, `${name} is before ${before}`);
});

test("P9 a pause lets others have their turn", async () => {
  let hadTheirTurn = false;
  setImmediate(() => hadTheirTurn = true);
  await nodeFileSystem.pause(20);
  assert.ok(hadTheirTurn);
});

test("P4 a rename replaces a file, and one that is not possible is an error at once", async () => {
  for (const fileSystem of [posix, windows]) {
    await using at = await StoreDirectory.make({ from: "new", to: "old" });
    await fileSystem.rename(at.path("from"), at.path("to"));
    assert.equal(await at.text("to"), "new");
    assert.deepEqual(await at.names(), ["to"]);
    await assert.rejects(fileSystem.rename(at.path("from"), at.path("to")), { code: "ENOENT" });
    await mkdir(at.path("directory"));
    await assert.rejects(fileSystem.rename(at.path("to"), at.path("directory")));
  }
});

test("P4 names are given and taken", async () => {
  for (const fileSystem of [posix, windows]) {
    await using at = await StoreDirectory.make({ file: "text" });
    await fileSystem.link(at.path("file"), at.path("second"));
    assert.equal(await at.text("second"), "text");
    await assert.rejects(fileSystem.link(at.path("file"), at.path("second")), { code: "EEXIST" });
    await fileSystem.unlink(at.path("file"));
    assert.deepEqual(await at.names(), ["second"]);
    await assert.rejects(fileSystem.unlink(at.path("file")), { code: "ENOENT" });
    await fileSystem.makeDirectory(at.path("directory"));
    await assert.rejects(fileSystem.makeDirectory(at.path("directory")), { code: "EEXIST" });
    assert.deepEqual((await fileSystem.readDirectory(at.directory)).sort(), [
      "directory",
      "second",
    ]);
    await fileSystem.removeDirectory(at.path("directory"));
    assert.deepEqual(await at.names(), ["second"]);
    await assert.rejects(fileSystem.removeDirectory(at.directory), { code: "ENOTEMPTY" });
  }
});

test("O6 on Windows a call that is refused is tried again, and elsewhere it is not", async () => {
  // Linux refuses a link to a directory with EPERM.
  if (process.platform !== "linux") return;
  await using at = await StoreDirectory.make({ free: "text" });
  await mkdir(at.path("A"));
  await mkdir(at.path("A/file"));
  await mkdir(at.path("B"));
  await rename(at.path("free"), at.path("B/file"));
  await symlink("A", at.path("place"));
  const [file, second] = [at.path("place/file"), at.path("second")];
  await assert.rejects(posix.link(file, second), { code: "EPERM" });
  const linking = windows.link(file, second);
  await setTimeout(20);
  // All at once, there is a file in the directory's place.
  await symlink("B", at.path("next"));
  await rename(at.path("next"), at.path("place"));
  await linking;
  assert.equal(await at.text("second"), "text");
});

test("L1 a file or a directory that is missing fails without another thread", async () => {
  const calls = { ...nodeCalls, openToRead: () => Promise.reject(new Error("another thread")) };
  const fileSystem = makeNodeFileSystem("linux", calls);
  const missing = { code: "ENOENT" };
  await assert.rejects(fileSystem.readFile("/nowhere/offset.json"), missing);
  await assert.rejects(fileSystem.readDirectory("/nowhere"), missing);
});
