/** The fault that is other people's files, on the real file system; `tests/FAULTS.md` lists all. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LocalFileOffsetStore, nodeFileSystem, OffsetConflictError } from "../../mod.ts";
import { queueOf } from "../../scripts/verify/crash/generations.ts";

const open = (root: string, fileSystem = nodeFileSystem) =>
  LocalFileOffsetStore.open({ clientId: "c", group: "g", root, fileSystem });

test("F15 a second process, and temporary files of others, stale ones and links", async () => {
  const root = await mkdtemp(join(tmpdir(), "offsetstore-neighbour-"));
  try {
    const directory = join(root, "c", "g");
    await mkdir(directory, { recursive: true });
    const victim = join(root, "victim");
    await writeFile(victim, "precious");
    // Go's, one of ours that a dead writer left, and then a link that waits where we shall write.
    await writeFile(join(directory, "offset.json.tmp"), "foreign");
    await writeFile(join(directory, "offset.json.stale.tmp"), "stale");

    let names = 0;
    const uniqueName = () => names++ === 0 ? "next" : nodeFileSystem.uniqueName();
    const store = await open(root, { ...nodeFileSystem, uniqueName });
    await symlink(victim, join(directory, "offset.json.next.tmp"));
    store.update(queueOf(0), 1n, true);
    await assert.rejects(store.persist(), { name: "OffsetPersistError", code: "EEXIST" });
    assert.ok((await readdir(directory)).includes("offset.json.next.tmp"), "it is not ours");
    await store.persist();
    assert.equal(await readFile(victim, "utf8"), "precious");
    assert.equal(await readFile(join(directory, "offset.json.tmp"), "utf8"), "foreign");
    assert.deepEqual((await readdir(directory)).sort(), ["offset.json", "offset.json.tmp"]);

    const second = await open(root);
    second.update(queueOf(0), 2n, true);
    await second.persist();
    store.update(queueOf(0), 3n, true);
    await assert.rejects(store.persist(), OffsetConflictError);
    assert.equal(await (await open(root)).read(queueOf(0), "store"), 2n);
  } finally {
    await rm(root, { recursive: true });
  }
});
