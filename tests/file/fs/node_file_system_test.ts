/** The real file system: what its calls do, and what is particular to Windows. */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { nodeFileSystem } from "../../../mod.ts";
import { makeNodeFileSystem } from "../../../src/file/fs/node_file_system.ts";
import { pagesOf } from "../../../src/file/fs/node_writable_file.ts";
import { retryWhileBusy } from "../../../src/file/fs/retry_while_busy.ts";
import { writeFile } from "../../../src/file/fs/write_file.ts";
import { systemError } from "../../support/faulty_file_system.ts";
import { withClockThatTakes } from "../../support/stopped_clock.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const posix = makeNodeFileSystem("linux");
const windows = makeNodeFileSystem("win32");

test("P2 what cannot be synced is an error", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await posix.syncFile(at.path("file"));
  await posix.syncDirectory(at.directory);
  for (const sync of [posix.syncFile, posix.syncDirectory]) {
    await assert.rejects(sync(at.path("none")), { code: "ENOENT" });
  }
  // A device that has nothing to sync says so, and that shows that it was asked.
  if (process.platform !== "linux") return;
  for (const sync of [posix.syncFile, posix.syncDirectory]) {
    await assert.rejects(sync("/dev/null"), { code: "EINVAL" });
  }
});

test("P2 what was synced is closed again, whether that has failed or not", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  // Elsewhere nobody tells which files are open.
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

test("P2 on Windows a file is synced as its writer, and a directory not at all", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await windows.syncFile(at.path("file"));
  // A directory can be opened only by who does not want to write it.
  await assert.rejects(windows.syncFile(at.directory), { code: "EISDIR" });
  await windows.syncDirectory(at.path("none"));
});

test("L2 a link's target is as it is written there, a file has none, and nothing is an error", async () => {
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

test("P4 a new file takes what it is given, and every call reaches the system", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const file = await nodeFileSystem.create(at.path("file"));
  const { uid, gid, size } = await file.stat();
  assert.equal(size, 0);
  const text = new TextEncoder().encode("text");
  assert.equal(await file.write(text, 0), 4);
  assert.equal(await file.write(new Uint8Array(200_000), 4), 200_000);
  assert.equal(await file.write(text.subarray(2), 4), 2);
  await file.reserve(200_004, 100_000);
  await file.reserve(300_004, 200_000);
  await file.chmod(0o640);
  await file.chown(uid, gid);
  await file.sync();
  await file.syncData();
  await file.close();
  assert.equal(await readFile(at.path("file"), "utf8"), "textxt" + "\0".repeat(499_998));
  assert.equal((await stat(at.path("file"))).mode & 0o777, 0o640);
  // What shows nothing when it succeeds must fail once the file is closed.
  for (const call of [() => file.chown(uid, gid), file.sync, file.syncData]) {
    await assert.rejects(async () => await call(), { code: "EBADF" });
  }
});

test("J1 room is made page by page, all of it and nothing else", () => {
  assert.deepEqual([...pagesOf(4000, 5000)], [[4000, 4096], [4096, 8192], [8192, 9000]]);
  assert.deepEqual([...pagesOf(4096, 4096)], [[4096, 8192]]);
  assert.deepEqual([...pagesOf(5000, 10)], [[5000, 5010]]);
  assert.deepEqual([...pagesOf(4095, 2)], [[4095, 4096], [4096, 4097]]);
  assert.deepEqual([...pagesOf(7, 0)], []);
});

test("J1 room is written, where a hole would look the same", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const file = await nodeFileSystem.create(at.path("file"));
  // Over something else, since zeros cannot be told from a hole.
  await file.write(new Uint8Array(20_000).fill(1), 0);
  await file.reserve(3, 15_000);
  await file.close();
  const expected = new Uint8Array(20_000).fill(1).fill(0, 3, 15_003);
  assert.deepEqual(new Uint8Array(await readFile(at.path("file"))), expected);
});

test("P4 megabytes are taken in pieces, so that none keeps the event loop", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const [bytes, MiB] = [new Uint8Array(3_000_000).map((_, i) => i % 251), 2 ** 20];
  const file = await nodeFileSystem.create(at.path("pieces"));
  assert.equal(await file.write(bytes, 0), MiB);
  assert.equal(await file.write(bytes.subarray(MiB), MiB), MiB);
  await file.close();
  assert.deepEqual(new Uint8Array(await readFile(at.path("pieces"))), bytes.subarray(0, 2 * MiB));
  const options = { sync: false, like: undefined };
  const info = await writeFile(nodeFileSystem, at.path("whole"), bytes, options);
  assert.equal(info.size, 3_000_000);
  assert.deepEqual(new Uint8Array(await readFile(at.path("whole"))), bytes);
});

test("P2 the first sync of a file's data reaches the system, as the later ones do", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  for (let syncs = 0; syncs < 3; syncs++) {
    const file = await nodeFileSystem.create(at.path(`file-${syncs}`));
    for (let n = 0; n < syncs; n++) await file.syncData();
    await file.close();
    await assert.rejects(async () => await file.syncData(), { code: "EBADF" });
  }
});

test("P9 a pause lets others have their turn", async () => {
  let hadTheirTurn = false;
  setImmediate(() => hadTheirTurn = true);
  await nodeFileSystem.pause(20);
  assert.ok(hadTheirTurn);
});

test("P2 what cannot be synced is an error, in this thread, where calls are quick, and elsewhere", async () => {
  for (const ms of [0, 5]) {
    await using at = await StoreDirectory.make({ other: "" });
    await withClockThatTakes(ms, async () => {
      const file = await nodeFileSystem.create(at.path("file"));
      await file.sync();
      await file.syncData();
      await file.close();
      for (const call of [file.sync, file.syncData]) {
        await assert.rejects(async () => await call(), { code: "EBADF" });
      }
    });
  }
});

/** Whether it is done before the event loop turns. */
async function isDoneAtOnce(call: unknown): Promise<boolean> {
  let isDone = false;
  const done = Promise.resolve(call).then(() => isDone = true);
  for (let n = 0; n < 20; n++) await Promise.resolve();
  const answer = isDone;
  await done;
  return answer;
}

test("P1 a short write and its sync wait for no other thread, where calls are quick", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  await withClockThatTakes(0, async () => {
    const file = await nodeFileSystem.create(at.path("file"));
    // Nobody knows yet that they are quick.
    await file.write(new Uint8Array(1), 0);
    await file.sync();
    assert.ok(await isDoneAtOnce(file.write(new Uint8Array(128 * 1024), 1)));
    assert.ok(await isDoneAtOnce(file.sync()));
    await file.close();
  });
});

test("P4 a rename replaces a file, and what cannot be renamed is an error at once", async () => {
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

test("P4 what is busy is tried again with growing pauses, two seconds in all", async () => {
  for (const code of ["EPERM", "EBUSY", "EACCES"]) {
    const pauses: number[] = [];
    const pause = async (ms: number) => void pauses.push(ms);
    let refusals = 0;
    const attempt = async () => {
      if (refusals++ < 3) throw systemError(code, "rename");
    };
    await retryWhileBusy(attempt, pause);
    assert.deepEqual(pauses, [1, 2, 4]);
    pauses.length = 0;
    await assert.rejects(
      retryWhileBusy(() => Promise.reject(systemError(code, "rename")), pause),
      { code },
    );
    assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]);
  }
});

test("P4 what fails otherwise is not tried again", async () => {
  for (const code of ["ENOSPC", undefined]) {
    let attempts = 0;
    const attempt = () => {
      attempts++;
      return Promise.reject(systemError(code, "rename"));
    };
    const pause = () => Promise.reject(new Error("it must not wait"));
    await assert.rejects(retryWhileBusy(attempt, pause), /rename failed$/);
    assert.equal(attempts, 1);
  }
});
