/** How one file is written, whole. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import { writeFile } from "../../../src/file/fs/write_file.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** The real file system, with some calls of its files replaced. */
function withFile(over: (file: WritableFile) => Partial<WritableFile>): FileSystem {
  const create = async (path: string) => {
    const file = await nodeFileSystem.create(path);
    return { ...file, ...over(file) };
  };
  return { ...nodeFileSystem, create };
}

test("P4 an owner or a group that differs is taken over, and only then", async () => {
  await using at = await StoreDirectory.make({ like: "" });
  const like = (await nodeFileSystem.stat(at.path("like")))!;
  const { uid, gid } = like;
  const given: [number, number][] = [];
  const fileSystem = withFile(() => ({ chown: async (...owner) => void given.push(owner) }));
  const owners = [{}, { uid: uid + 1 }, { gid: gid + 1 }, { uid: uid + 1, gid: gid + 1 }];
  for (const [n, owner] of owners.entries()) {
    const options = { sync: false, like: { ...like, ...owner } };
    await writeFile(fileSystem, at.path(`${n}`), new Uint8Array(1), options);
  }
  assert.deepEqual(given, [[uid + 1, gid], [uid, gid + 1], [uid + 1, gid + 1]]);
});

test("P4 each write goes on where the one before stopped, and one that takes nothing is an error", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const bytes = new TextEncoder().encode("0123456789");
  const offered: [number, number][] = [];
  const takes = (most: number) =>
    withFile((file) => ({
      write: (part, position) => {
        offered.push([position, part.length]);
        return file.write(part.subarray(0, most), position);
      },
    }));
  const options = { sync: true, like: undefined };
  const { size } = await writeFile(takes(4), at.path("new"), bytes, options);
  assert.equal(size, 10);
  assert.equal(await at.text("new"), "0123456789");
  assert.deepEqual(offered, [[0, 10], [4, 6], [8, 2]]);
  for (const accepted of [0, -1, NaN]) {
    const fileSystem = withFile(() => ({ write: async () => accepted }));
    await assert.rejects(writeFile(fileSystem, at.path(`${accepted}`), bytes, options), {
      name: "ShortWriteError",
      message: "only 0 of 10 bytes were accepted, as if the disk were full",
    });
  }
});

test("P4 what reports more than it was given has taken all, until the length tells", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const bytes = new TextEncoder().encode("0123456789");
  const options = { sync: true, like: undefined };
  for (const most of [10, 4]) {
    const fileSystem = withFile((file) => ({
      write: async (part, position) => await file.write(part.subarray(0, most), position) + 1,
    }));
    const writing = writeFile(fileSystem, at.path(`${most}`), bytes, options);
    if (most === 10) assert.equal((await writing).size, 10);
    else {
      await assert.rejects(writing, {
        name: "ShortWriteError",
        message: "only 9 of 10 bytes were accepted, as if the disk were full",
      });
    }
  }
});

test("P4 a file of no bytes is one", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const options = { sync: true, like: undefined };
  assert.equal(
    (await writeFile(nodeFileSystem, at.path("empty"), new Uint8Array(0), options)).size,
    0,
  );
});
