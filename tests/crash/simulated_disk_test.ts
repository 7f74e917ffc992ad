/** The simulated disk has owners, coarse times and Windows paths. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameFile } from "../../src/file/fs/file_info.ts";
import { append } from "../../scripts/verify/disk/append.ts";
import { powerCuts } from "../../scripts/verify/disk/power_cuts.ts";
import { withClock } from "../../scripts/verify/disk/simulated_clock.ts";
import { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { stateKey } from "../../scripts/verify/disk/state_key.ts";

const bytes = (length: number, byte = 1) => new Uint8Array(length).fill(byte);

async function statOf(fs: SimulatedFileSystem, path: string) {
  const info = await fs.stat(path);
  assert.ok(info !== undefined);
  return info;
}

test("an error of the simulated disk is like one of the system, and has no stack", async () => {
  const error = await new SimulatedFileSystem(new SimulatedDisk()).readFile("/missing").then(
    () => assert.fail("it was read"),
    (error) => error,
  );
  assert.ok(error instanceof Error);
  const { code, path, message, stack = "" } = error as NodeJS.ErrnoException;
  assert.deepEqual([code, path], ["ENOENT", "/missing"]);
  assert.ok(message.startsWith("ENOENT: "), message);
  assert.doesNotMatch(stack, /^ +at /m);
  assert.match(new Error("another").stack!, /^ +at /m);
});

for (const timesMs of [1000, 2000]) {
  test(`coarse times: changes within ${timesMs} ms look like one, of files and directories`, async () => {
    const disk = new SimulatedDisk();
    const fs = new SimulatedFileSystem(disk, { timesMs });
    await fs.makeDirectory("/d");
    const file = await fs.create("/d/a");
    await file.write(bytes(10), 0);
    const before = [await statOf(fs, "/d"), await statOf(fs, "/d/a")];
    await file.write(bytes(10, 2), 0);
    await fs.unlink("/d/a");
    assert.ok(isSameFile(before[0], await statOf(fs, "/d")));
    assert.ok(isSameFile(before[1], await file.stat()));
    assert.equal(before[1].mtimeMs % timesMs, 0);

    await fs.pause(timesMs);
    await file.write(bytes(10, 3), 0);
    await fs.create("/d/c");
    assert.ok(!isSameFile(before[0], await statOf(fs, "/d")));
    assert.ok(!isSameFile(before[1], await file.stat()));
    await withClock(() => disk.clock, async () => {
      assert.ok(Date.now() >= (await file.stat()).mtimeMs);
      assert.ok(Date.now() < timesMs + 1000);
    });
    assert.ok(Date.now() > 1e12);
  });
}

test("fine times: no two changes look like one", async () => {
  const fs = new SimulatedFileSystem(new SimulatedDisk());
  const file = await fs.create("/a");
  await file.write(bytes(10), 0);
  const [root, before] = [await statOf(fs, "/"), await file.stat()];
  await file.write(bytes(10), 0);
  assert.ok(!isSameFile(before, await file.stat()));
  await fs.create("/b");
  assert.ok(!isSameFile(root, await statOf(fs, "/")));
});

test("owners: a file is its creator's; only root gives one away, and a power cut changes nothing", async () => {
  const disk = new SimulatedDisk();
  const [alice, root] = [{ uid: 7, gid: 8 }, undefined].map((user) =>
    new SimulatedFileSystem(disk, { user })
  );
  const file = await alice.create("/a");
  await alice.makeDirectory("/d");
  const ownerOf = async (path: string) => {
    const { uid, gid, mode } = await statOf(alice, path);
    return [uid, gid, mode];
  };
  assert.deepEqual(await ownerOf("/a"), [7, 8, 0o600]);
  assert.deepEqual(await ownerOf("/d"), [7, 8, 0o700]);
  await file.chown(7, 8);
  await assert.rejects(file.chown(7, 9), { code: "EPERM" });
  await assert.rejects(file.chown(0, 8), { code: "EPERM" });
  await file.chmod(0o640);
  const others = await root.create("/b");
  await others.chown(7, 9);
  await others.chmod(0o604);
  await (await alice.openInPlace("/b")).chmod(0o644);
  await (await root.openInPlace("/a")).chown(1, 2);
  await assert.rejects(file.chmod(0o600), { code: "EPERM" });
  await root.syncDirectory("/");
  for (const { disk: after } of powerCuts(disk)) {
    const fs = new SimulatedFileSystem(after);
    const { uid, gid, mode } = await statOf(fs, "/a");
    assert.deepEqual([uid, gid, mode], [1, 2, 0o640]);
    assert.deepEqual((await statOf(fs, "/b")).mode, 0o644);
  }
});

test("win32 paths: both separators, and a drive", async () => {
  const fs = new SimulatedFileSystem(new SimulatedDisk(), { paths: "win32" });
  await fs.makeDirectory("C:\\root");
  await fs.makeDirectory("C:/root\\c");
  await fs.create("c:/root/c/x.tmp");
  await fs.rename("C:\\root\\c/x.tmp", "C:/root/c\\x");
  assert.deepEqual(await fs.readDirectory("C:\\root\\c\\"), ["x"]);
  await assert.rejects(fs.rename("C:\\root", "C:/root/c/d"), { code: "EINVAL" });
  const posix = new SimulatedFileSystem(new SimulatedDisk());
  await posix.create("\\a");
  assert.deepEqual(await posix.readDirectory("/"), ["\\a"]);
});

test("power cuts: a limit keeps the first, where nothing reached the disk, and the last, where all has", async () => {
  const disk = new SimulatedDisk();
  const fs = new SimulatedFileSystem(disk);
  for (const name of ["a", "b", "c"]) await (await fs.create(`/${name}`)).write(bytes(150), 0);
  const context = (each: SimulatedDisk) => stateKey(each, "");
  const all = [...powerCuts(disk)].map((cut) => context(cut.disk));
  // Of each file: no entry, or an entry with three blocks that are absent, zeros or written.
  assert.ok(all.length > 1000);
  const few = [...powerCuts(disk, 20)].map((cut) => context(cut.disk));
  assert.equal(few.length, 20);
  assert.equal(new Set(few).size, 20);
  assert.ok(few.every((key) => all.includes(key)));
  assert.deepEqual([few[0], few.at(-1)], [all[0], all.at(-1)]);
  assert.equal(few[0], context(new SimulatedDisk()));
  const [last] = [...powerCuts(disk, 2)].slice(1);
  assert.deepEqual((await new SimulatedFileSystem(last.disk).readFile("/c")).bytes, bytes(150));
  assert.deepEqual([...powerCuts(disk, 1)].map((cut) => context(cut.disk)), [all[0]]);
});

test("a failed fsync: a later one counts for a directory that another process made, and for nothing else", async () => {
  const disk = new SimulatedDisk();
  const [mine, others] = [new SimulatedFileSystem(disk), new SimulatedFileSystem(disk)];
  await mine.makeDirectory("/mine");
  await others.makeDirectory("/others");
  await others.create("/file");
  mine.failSync("/");
  await mine.syncDirectory("/");
  const left = [...powerCuts(disk)].map(({ disk }) => [...disk.directory(1).entries.keys()].join());
  assert.deepEqual(left.toSorted(), [
    ...["others", "others,file", "others,mine", "others,mine,file"],
  ]);
});

test("a content that two others continue is a part of both, and stays as it is", () => {
  const first = append(bytes(0), bytes(3, 1));
  const [one, other] = [append(first, bytes(2, 2)), append(first, bytes(2, 3))];
  assert.deepEqual([...first], [1, 1, 1]);
  assert.deepEqual([...one], [1, 1, 1, 2, 2]);
  assert.deepEqual([...other], [1, 1, 1, 3, 3]);
  assert.deepEqual([...append(one, bytes(1, 4))], [1, 1, 1, 2, 2, 4]);
});
