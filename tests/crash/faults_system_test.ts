/** The faults of a system; `tests/FAULTS.md` lists all faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetLoadError, OffsetPersistError, serialize } from "../../mod.ts";
import type { FileSystem } from "../../src/file/fs/file_system.ts";
import { generation } from "../../scripts/verify/crash/generations.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import {
  SimulatedFileSystem,
  systemError,
} from "../../scripts/verify/disk/simulated_file_system.ts";
import { wrap, wrapFiles } from "../../scripts/verify/disk/replace_calls.ts";
import { MAIN, type Session, shippedStore } from "../../scripts/verify/crash/writer.ts";

const QUEUES = 2;
const text = (n: number) => serialize(generation(n, QUEUES), { checksum: true });
const writer = shippedStore(QUEUES);

async function store() {
  const disk = await diskWith({ "offset.json": text(2), "offset.json.bak": text(1) });
  const fs = new SimulatedFileSystem(disk);
  return { fs, open: (over: FileSystem = fs): Promise<Session> => writer.open(over) };
}

const failing = (code: string, call: string) => (path: string) =>
  Promise.reject(systemError(code, call, path));

test("F13 EACCES is not taken for a missing file, nor EIO for either", async () => {
  const { fs, open } = await store();
  const readFile = (code: string) => (path: string) =>
    path === MAIN ? Promise.reject(systemError(code, "open", path)) : fs.readFile(path);
  await assert.rejects(open(wrap(fs, { readFile: readFile("EACCES") })), (error) => {
    return error instanceof OffsetLoadError && error.code === "EACCES";
  });
  // The content is lost, says the device: the backup, and the outcome says so.
  const { generation, outcome } = await open(wrap(fs, { readFile: readFile("EIO") }));
  assert.deepEqual([generation, outcome], [1, `recovered from ${MAIN}.bak`]);
  assert.equal((await open()).generation, 2);
});

test("F14 persists and updates that overlap: each is acknowledged with its own offsets", async () => {
  const { fs, open } = await store();
  const session = await open();
  await Promise.all([3, 4, 5, 6].map(async (n) => {
    await session.persist(n);
    const loaded = await open(new SimulatedFileSystem(fs.disk.clone()));
    assert.ok(loaded.generation! >= n);
  }));
  assert.equal((await open()).generation, 6);
});

for (const code of ["EPERM", "EXDEV", "EMLINK"]) {
  test(`F16 a link that is refused with ${code}: the backup is copied`, async () => {
    const { fs, open } = await store();
    const session = await open(wrap(fs, { link: (_, path) => failing(code, "link")(path) }));
    await session.persist(3);
    const { bytes } = await fs.readFile(`${MAIN}.bak`);
    assert.equal(new TextDecoder().decode(bytes), text(2));
    assert.equal((await open()).generation, 3);
  });
}

for (const code of ["EPERM", "EBUSY"]) {
  test(`F17 a rename that is refused with ${code}, for a while and for good`, async () => {
    const { fs, open } = await store();
    let refusals = 2;
    const session = await open(wrap(fs, {
      rename: (from, to) => refusals-- > 0 ? failing(code, "rename")(to) : fs.rename(from, to),
    }));
    await assertPrevious(session.persist(3), code);
    await assertPrevious(session.persist(3), code);
    assert.equal((await open()).generation, 2);
    await session.persist(3);
    assert.equal((await open()).generation, 3);
    refusals = Infinity;
    for (const n of [4, 5, 6]) await assertPrevious(session.persist(n), code);
    assert.equal((await open()).generation, 3);
    const names = await fs.readDirectory("/root/c/g");
    assert.deepEqual(names.sort(), ["offset.json", "offset.json.bak"]);
  });
}

async function assertPrevious(persist: Promise<void>, code: string): Promise<void> {
  await assert.rejects(persist, (error) => {
    return error instanceof OffsetPersistError && error.onDisk === "previous" &&
      error.code === code;
  });
}

for (const [code, call] of [["EMFILE", "create"], ["EROFS", "create"], ["EIO", "close"]]) {
  test(`F18 ${code} from ${call}: the old generation, a typed error, and on with it`, async () => {
    const { fs, open } = await store();
    let isBroken = true;
    const breaks = (each: string) => isBroken && each === call;
    const files = wrapFiles(fs, (file, path) => ({
      close: () => breaks("close") ? failing(code, "close")(path) : file.close(),
    }));
    const create = (path: string) =>
      breaks("create") ? failing(code, "open")(path) : files.create(path);
    const session = await open({ ...files, create });
    await assertPrevious(session.persist(3), code);
    assert.equal((await open()).generation, 2);
    isBroken = false;
    await session.persist(3);
    assert.equal((await open()).generation, 3);
  });
}
