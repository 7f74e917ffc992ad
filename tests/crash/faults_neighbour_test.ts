/** The fault of other people's files, on the real file system; `tests/FAULTS.md` lists all faults. */
import assert from "node:assert/strict";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LocalFileOffsetStore, nodeFileSystem, OffsetConflictError } from "../../mod.ts";
import { queueOf } from "../../scripts/verify/crash/generations.ts";
import { temporaryName } from "../support/temporary_names.ts";

const open = (root: string, fileSystem = nodeFileSystem) =>
  LocalFileOffsetStore.open({ clientId: "c", group: "g", root, fileSystem });

test("F15 a second process, and temporary files of others, stale ones and links", async () => {
  const root = await mkdtemp(join(tmpdir(), "offsetstore-neighbour-"));
  try {
    const directory = join(root, "c", "g");
    await mkdir(directory, { recursive: true });
    const victim = join(root, "victim");
    await writeFile(victim, "precious");
    // Go's file, one of ours that a dead writer left, and one of another program.
    const [stale, next] = [1, 2].map((n) => temporaryName(n));
    const others = ["offset.json.tmp", "offset.json.x.tmp"];
    for (const name of [...others, stale]) await writeFile(join(directory, name), "foreign");
    await utimes(join(directory, stale), 1e9, 1e9);

    let names = 0;
    const unique = next.slice("offset.json.".length, -".tmp".length);
    const uniqueName = () => names++ === 0 ? unique : nodeFileSystem.uniqueName();
    const store = await open(root, { ...nodeFileSystem, uniqueName });
    // A link lies where the store is about to write.
    await symlink(victim, join(directory, next));
    store.update(queueOf(0), 1n, true);
    await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EEXIST" });
    assert.ok((await readdir(directory)).includes(next), "the link is not the store's");
    for (const offset of [1n, 2n]) {
      store.update(queueOf(0), offset, true);
      await store.persist();
    }
    assert.equal(await readFile(victim, "utf8"), "precious");
    for (const name of others) {
      assert.equal(await readFile(join(directory, name), "utf8"), "foreign");
    }
    const left = ["offset.json", "offset.json.bak", ...others, next];
    assert.deepEqual((await readdir(directory)).sort(), left.sort());

    const second = await open(root);
    second.update(queueOf(0), 3n, true);
    await second.persist();
    store.update(queueOf(0), 4n, true);
    await assert.rejects(store.persist(), OffsetConflictError);
    assert.equal(await (await open(root)).read(queueOf(0), "store"), 3n);
  } finally {
    await rm(root, { recursive: true });
  }
});
