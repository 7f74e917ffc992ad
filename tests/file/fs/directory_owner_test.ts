/** Whose the directories are that a store makes. */
import assert from "node:assert/strict";
import { mkdir, stat, symlink } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { DirectoryPath } from "../../../src/file/fs/directory_path.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const MAIN = "/root/c/g/offset.json";
const READERS = 2000;

/** Makes a store's directories as a user below a root that has an owner; tells the calls for owners. */
async function makeAs(uid: number, root: { readonly uid: number; readonly gid: number }) {
  const disk = await diskWith();
  await new SimulatedFileSystem(disk).chownDirectory("/root", root.uid, root.gid);
  const simulated = new SimulatedFileSystem(disk, { user: { uid, gid: uid } });
  const given: string[] = [];
  const fileSystem = wrap(simulated, {
    async chownDirectory(path, toUid, toGid) {
      given.push(`${path} ${toUid}:${toGid}`);
      await simulated.chownDirectory(path, toUid, toGid);
    },
  });
  const paths = { root: "/root", path: MAIN, main: MAIN };
  await new DirectoryPath(fileSystem, paths, () => {}).make("full");
  return given;
}

test("O1 a directory that root makes takes after its parent, each in its turn", async () => {
  assert.deepEqual(await makeAs(0, { uid: 1000, gid: READERS }), [
    `/root/c 1000:${READERS}`,
    `/root/c/g 1000:${READERS}`,
  ]);
  assert.deepEqual(await makeAs(0, { uid: 0, gid: 0 }), []);
});

test("O1 a directory that another user makes is that user's, whoever owns its parent", async () => {
  assert.deepEqual(await makeAs(1000, { uid: 1000, gid: READERS }), []);
  assert.deepEqual(await makeAs(1000, { uid: 0, gid: 0 }), []);
});

const skip = process.platform === "win32" && "Windows has no owners of this kind";

test(
  "O1 O3 a directory is given away, and a link or a file in its place never",
  { skip },
  async () => {
    await using at = await StoreDirectory.make({ file: "" });
    await mkdir(at.path("directory"));
    await symlink("directory", at.path("link"));
    const { uid, gid } = await stat(at.path("directory"));
    await nodeFileSystem.chownDirectory(at.path("directory"), uid, gid);
    for (const name of ["link", "file"]) {
      const giving = nodeFileSystem.chownDirectory(at.path(name), uid, gid);
      await assert.rejects(giving, (error: { code?: string }) =>
        // Linux says the former, other systems the latter.
        error.code === "ENOTDIR" || error.code === "ELOOP");
    }
  },
);
