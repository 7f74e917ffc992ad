/** The faults of a disk; `tests/FAULTS.md` lists all faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetFileCorruptError, OffsetPersistError, serialize } from "../../mod.ts";
import type { FileSystem } from "../../src/file/fs/file_system.ts";
import { generation } from "../../scripts/verify/crash/generations.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import {
  SimulatedFileSystem,
  systemError,
} from "../../scripts/verify/disk/simulated_file_system.ts";
import {
  failingDirectorySync,
  failingFileSync,
  wrapFiles,
} from "../../scripts/verify/disk/replace_calls.ts";
import { MAIN, type Session, shippedStore } from "../../scripts/verify/crash/writer.ts";

const QUEUES = 2;
const text = (n: number) => serialize(generation(n, QUEUES), { checksum: true });
const writer = shippedStore(QUEUES);

/** A disk with generations 2 and 1; each call of `open` is another process. */
async function store(files: Readonly<Record<string, string>> = {}) {
  const disk = await diskWith({ "offset.json": text(2), "offset.json.bak": text(1), ...files });
  const fs = new SimulatedFileSystem(disk);
  return { fs, open: (over: FileSystem = fs): Promise<Session> => writer.open(over) };
}

async function assertPrevious(persist: Promise<void>, code?: string): Promise<void> {
  await assert.rejects(persist, (error) => {
    assert.ok(error instanceof OffsetPersistError);
    assert.deepEqual([error.onDisk, error.code], ["previous", code]);
    return true;
  });
}

test("F01 a short write that is reported as success", async () => {
  const { fs, open } = await store();
  let isFull = true;
  const session = await open(wrapFiles(fs, (file) => ({
    async write(bytes, position) {
      await file.write(isFull ? bytes.subarray(0, 50) : bytes, position);
      return bytes.length;
    },
  })));
  await assertPrevious(session.persist(3));
  assert.equal((await open()).generation, 2);
  isFull = false;
  await session.persist(3);
  assert.equal((await open()).generation, 3);
});

for (const code of ["ENOSPC", "EDQUOT", undefined]) {
  test(`F02 ${code ?? "an error without a code"} in the middle of a write`, async () => {
    const { fs, open } = await store();
    let isFull = true;
    const session = await open(wrapFiles(fs, (file, path) => {
      let written = 0;
      return {
        async write(bytes, position) {
          if (!isFull) return await file.write(bytes, position);
          if (written > 0) {
            throw code === undefined ? new Error() : systemError(code, "write", path);
          }
          return written = await file.write(bytes.subarray(0, 50), position);
        },
      };
    }));
    await assertPrevious(session.persist(3), code);
    assert.equal((await open()).generation, 2);
    isFull = false;
    await session.persist(3);
    assert.equal((await open()).generation, 3);
  });
}

test("F03 an fsync that fails, and the next one that succeeds without the data", async () => {
  const { fs, open } = await store();
  const created: string[] = [];
  const failing = failingFileSync(1)(fs);
  const create = (path: string) => (created.push(path), failing.create(path));
  const session = await open({ ...failing, create });
  await assertPrevious(session.persist(3), "EIO");
  await session.persist(3);
  // Another file is written: a second fsync of the same file would succeed without the data.
  assert.equal(new Set(created).size, 2);
  assert.equal((await open()).generation, 3);
});

test("F06 the fsync of the directory that fails after the rename leaves the outcome open, and says so", async () => {
  const { fs, open } = await store();
  // The load makes four syncs of directories, and the persist one before the rename.
  const session = await open(failingDirectorySync(6)(fs));
  await assert.rejects(session.persist(3), (error) => {
    return error instanceof OffsetPersistError && error.onDisk === "either";
  });
  assert.equal((await open()).generation, 3);
  await session.persist(4);
  assert.equal((await open()).generation, 4);
});

for (const [what, tail] of Object.entries({ zeros: "\0".repeat(40), garbage: "]}\u0001{x" })) {
  test(`F10 a tail of ${what}, in place of the last bytes or after them`, async () => {
    for (const main of [text(2).slice(0, -20) + tail, text(2) + tail]) {
      const session = await (await store({ "offset.json": main })).open();
      assert.equal(session.generation, 1);
      assert.match(session.outcome, /^recovered from .*\.bak$/);
    }
  });
}

test("F11 a flipped digit is noticed, and a person decides", async () => {
  const { open } = await store({ "offset.json": text(2).replace(/:2\b/, ":3") });
  await assert.rejects(open(), (error) => {
    assert.ok(error instanceof OffsetFileCorruptError);
    assert.deepEqual(error.candidates, [MAIN, `${MAIN}.bak`]);
    return true;
  });
});

test("F12 both copies corrupt: an error that names them, and nothing is touched", async () => {
  const bad = { "offset.json": text(2).slice(0, 70), "offset.json.bak": "" };
  const { fs, open } = await store(bad);
  await assert.rejects(open(), OffsetFileCorruptError);
  for (const [name, content] of Object.entries(bad)) {
    const { bytes } = await fs.readFile(`/root/c/g/${name}`);
    assert.equal(new TextDecoder().decode(bytes), content);
  }
});
