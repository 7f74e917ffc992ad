/** A journal that holds nothing when a store opens, and the journal that lies there later. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileSystem, type LocalFileOffsetStore, nodeFileSystem } from "../../../mod.ts";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import { type Call, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { JOURNAL } from "../../support/journaled.ts";
import { queue, StoreDirectory } from "../../support/store_directory.ts";

async function persist(store: LocalFileOffsetStore, id: number, offset: number): Promise<void> {
  store.update(queue(id), offset, true);
  await store.persist();
}

/** Asserts that an offset which one process has acknowledged is loaded, whatever the other one does. */
async function assertKept(at: StoreDirectory, other: LocalFileOffsetStore): Promise<void> {
  // It may well be refused.
  await persist(other, 1, 5).catch((error) => assert.equal(error.name, "OffsetConflictError"));
  const { journalRecords } = (await at.open()).loadOutcome;
  assert.equal((await at.open()).peek(queue(0)), 9n, `${journalRecords} records were applied`);
}

/** Opens a store before the first such call of another one. */
function openBefore(at: StoreDirectory, isIt: (call: Call) => boolean, fileSystem?: FileSystem) {
  const faulty = new FaultyFileSystem();
  const opened: LocalFileOffsetStore[] = [];
  faulty.before = async (call) => {
    if (opened.length === 0 && call.path === at.path(JOURNAL) && isIt(call)) {
      opened.push(await at.open({ fileSystem }));
    }
  };
  return { faulty, opened };
}

test(
  "P9 J3 a journal that was empty at open is not removed once it has records",
  async () => {
    await using at = await StoreDirectory.make();
    const { faulty, opened } = openBefore(at, ({ name }) => name === "write");
    const writer = await at.open({ journal: true, fileSystem: faulty.fileSystem });
    await persist(writer, 0, 1);
    await persist(writer, 0, 9);
    assert.ok((await at.names()).includes(JOURNAL));
    await assertKept(at, opened[0]);
  },
);

/** A file system that gives each journal the same number, as ext4 does if one goes before the next. */
function withReusedNumbers(): FileSystem {
  const reused = (path: string, info: FileInfo): FileInfo =>
    path.endsWith(".journal") ? { ...info, ino: 4242 } : info;
  return {
    ...nodeFileSystem,
    async stat(path) {
      const info = await nodeFileSystem.stat(path);
      return info && reused(path, info);
    },
    async readFile(path) {
      const { bytes, info } = await nodeFileSystem.readFile(path);
      return { bytes, info: reused(path, info) };
    },
  };
}

/** The writer folds its journal while another store opens, then acknowledges a record in a new one. */
async function foldDuringOpen(at: StoreDirectory, fileSystem: FileSystem) {
  const { faulty, opened } = openBefore(at, ({ name }) => name === "unlink", fileSystem);
  const writer = await at.open({
    journal: { compactAtBytes: 1000 },
    fileSystem: faulty.fileSystem,
  });
  for (let n = 1; opened.length === 0; n++) await persist(writer, 2, n);
  // The first of them may still be part of the fold.
  await persist(writer, 0, 8);
  await persist(writer, 0, 9);
  assert.ok((await at.names()).includes(JOURNAL));
  return opened[0];
}

test(
  "P9 J3 a leftover that has gone, with a journal of its number in its place, is noticed",
  async () => {
    await using at = await StoreDirectory.make();
    await assertKept(at, await foldDuringOpen(at, withReusedNumbers()));
  },
);
