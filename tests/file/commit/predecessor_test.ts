/** After which file a new main takes its owner, group and mode. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { predecessorOf } from "../../../src/file/commit/predecessor.ts";

const DIRECTORY = "/root/c/g";
const MAIN = `${DIRECTORY}/offset.json`;

test("O1 a new main takes after the old one, then after the backup, then after the directory", async () => {
  const disk = await diskWith({ "offset.json": "", "offset.json.bak": "" });
  const fileSystem = new SimulatedFileSystem(disk);
  const paths = [MAIN, `${MAIN}.bak`, DIRECTORY];
  for (const [number, path] of paths.entries()) {
    const { ino } = (await fileSystem.stat(path))!;
    const rights = { uid: 10 + number, gid: 20 + number, mode: 0o755 - number };
    Object.assign(disk.nodes.get(ino as number)!, rights);
  }
  const rights = async () => {
    const { uid, gid, mode } = (await predecessorOf(fileSystem, MAIN))!;
    return { uid, gid, mode };
  };
  assert.deepEqual(await rights(), { uid: 10, gid: 20, mode: 0o755 });
  await fileSystem.unlink(MAIN);
  assert.deepEqual(await rights(), { uid: 11, gid: 21, mode: 0o754 });
  await fileSystem.unlink(`${MAIN}.bak`);
  // A directory is for all to enter, and a file for its owner.
  assert.deepEqual(await rights(), { uid: 12, gid: 22, mode: 0o600 });
  await fileSystem.removeDirectory(DIRECTORY);
  assert.equal(await predecessorOf(fileSystem, MAIN), undefined);
});
