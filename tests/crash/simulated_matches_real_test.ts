/** The simulated file system against the real one: the same calls give the same answers. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import fc from "fast-check";
import { nodeFileSystem } from "../../mod.ts";
import { type FileInfo, isSameFile } from "../../src/file/fs/file_info.ts";
import type { FileSystem } from "../../src/file/fs/file_system.ts";
import { check } from "../support/check.ts";
import { type Call, Caller, calls, NAMES } from "../../scripts/verify/crash/calls.ts";
import { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";

const temporary = await mkdtemp(join(tmpdir(), "offsetstore-simulated-"));
after(() => rm(temporary, { recursive: true, force: true }));

let roots = 0;

/** The answers of all calls, to check that the property meets every kind of answer. */
const met = new Map<string, number>();

async function run(sequence: readonly Call[]): Promise<void> {
  const user = { uid: process.getuid!(), gid: process.getgid!() };
  const simulated = new SimulatedFileSystem(new SimulatedDisk(), { user });
  const callers: [Caller, Caller] = [
    new Caller(simulated, "/root"),
    new Caller(nodeFileSystem, join(temporary, String(roots++))),
  ];
  for (const { fileSystem, root } of callers) await fileSystem.makeDirectory(root);
  try {
    let before = await views(callers);
    for (const call of sequence) {
      const [expected, actual] = [await callers[1].perform(call), await callers[0].perform(call)];
      assert.deepEqual(actual, expected, String(call));
      const kind = `${call.kind} ${"code" in expected ? expected.code : "done"}`;
      met.set(kind, (met.get(kind) ?? 0) + 1);
      const now = await views(callers);
      assert.deepEqual(now[0].seen, now[1].seen, `after ${call}`);
      assertUnchanged(before, now, String(call));
      before = now;
    }
  } finally {
    for (const caller of callers) await caller.closeAll();
  }
}

interface View {
  /** The file of every name; files are numbered in the order of their first names. */
  readonly seen: readonly unknown[];
  readonly files: ReadonlyMap<string, FileInfo>;
}

async function views([a, b]: readonly [Caller, Caller]): Promise<[View, View]> {
  return [await view(a.fileSystem, a.root), await view(b.fileSystem, b.root)];
}

async function view(fileSystem: FileSystem, root: string): Promise<View> {
  const seen: unknown[] = [];
  const inodes: (number | bigint)[] = [];
  const files = new Map<string, FileInfo>();
  for (const name of NAMES) {
    try {
      const info = await fileSystem.stat(join(root, name));
      if (info === undefined) {
        seen.push([name]);
        continue;
      }
      if (!inodes.includes(info.ino)) inodes.push(info.ino);
      const isDirectory = info.mode === 0o700;
      files.set(name, info);
      // The size of a directory depends on the file system.
      const { ino, mode, uid, gid, size } = info;
      seen.push([name, inodes.indexOf(ino), mode, uid, gid, isDirectory ? undefined : size]);
    } catch (error) {
      seen.push([name, (error as { code?: string }).code]);
    }
  }
  return { seen, files };
}

/** A file or a directory that is the same to the store in the simulation is so in reality. The clock
 * of the real one is too coarse for the reverse. */
function assertUnchanged(before: [View, View], now: [View, View], call: string): void {
  for (const [name, info] of now[0].files) {
    if (!isSameFile(before[0].files.get(name), info)) continue;
    const [was, is] = [before[1].files.get(name), now[1].files.get(name)];
    assert.ok(isSameFile(was, is), `${name} is another file after ${call}`);
  }
}

test("the simulated file system answers every sequence of calls as the real one does", async () => {
  await check(fc.asyncProperty(calls, run), { numRuns: 300 });
  for (const kind of EXPECTED) assert.ok(met.has(kind), `never met: ${kind}`);
});

/** Every call succeeds somewhere, and fails in each way that Linux has for it. */
const EXPECTED = [
  ...["readFile done", "readFile ENOENT", "readFile ENOTDIR", "readFile EISDIR"],
  ...["stat done", "stat ENOTDIR"],
  ...["readLink done", "readLink ENOENT", "readLink ENOTDIR"],
  ...["readDirectory done", "readDirectory ENOENT", "readDirectory ENOTDIR"],
  ...["create done", "create EEXIST", "create ENOENT", "create ENOTDIR"],
  ...["write done", "chmod done", "fileStat done", "sync done", "close done"],
  ...["syncData done", "backdate done", process.getuid!() === 0 ? "chown done" : "chown EPERM"],
  ...["syncFile done", "syncFile ENOENT", "syncFile ENOTDIR"],
  ...["syncDirectory done", "syncDirectory ENOENT", "syncDirectory ENOTDIR"],
  ...["link done", "link EEXIST", "link ENOENT", "link ENOTDIR", "link EPERM"],
  ...["rename done", "rename ENOENT", "rename ENOTDIR", "rename EISDIR"],
  ...["rename ENOTEMPTY", "rename EINVAL"],
  ...["unlink done", "unlink ENOENT", "unlink ENOTDIR"],
  ...["makeDirectory done", "makeDirectory EEXIST", "makeDirectory ENOENT"],
  ...["makeDirectory ENOTDIR", "removeDirectory done", "removeDirectory ENOENT"],
  ...["removeDirectory ENOTDIR", "removeDirectory ENOTEMPTY"],
  ...["chownDirectory ENOENT", "chownDirectory ENOTDIR"],
  process.getuid!() === 0 ? "chownDirectory done" : "chownDirectory EPERM",
];
