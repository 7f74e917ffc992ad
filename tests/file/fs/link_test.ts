/** A main file that is a symbolic link lies where the link leads. */
import assert from "node:assert/strict";
import { lstat, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { OffsetLoadError, parse, serialize } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

/** A temporary file of ours beside the target. */
const OURS = "real.json.20260101T000000.000Z-0123abcd.tmp";

/** A store whose directory is a link to `<root>/far/away`, and whose main one to `../real.json`. */
async function linkedDirectory(): Promise<StoreDirectory> {
  const at = await StoreDirectory.make({ "x": "" });
  await rm(at.directory, { recursive: true });
  await mkdir(join(at.root, "far", "away"), { recursive: true });
  await symlink(join(at.root, "far", "away"), at.directory);
  await symlink("../real.json", at.main);
  return at;
}

test("L2 a relative link in a linked directory leads to where the system says", async () => {
  await using at = await linkedDirectory();
  const far = (name: string) => join(at.root, "far", name);
  await writeFile(far("real.json"), serialize(tableOf(1)));
  for (const name of [OURS, "real.json.tmp"]) {
    await writeFile(far(name), "{");
    // Its time is long ago: its writer is no longer at work.
    await utimes(far(name), 1e9, 1e9);
  }
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "loaded");
  assert.ok(store.snapshot().equals(tableOf(1)));
  store.update(queue(0), 2, true);
  await store.persist();
  assert.ok((await lstat(at.main)).isSymbolicLink());
  assert.ok(parse(await readFile(far("real.json"), "utf8")).equals(tableOf(2)));
  assert.ok(parse(await readFile(far("real.json.bak"), "utf8")).equals(tableOf(1)));
  // P8: beside the target, our own leftover is removed and Go's is not.
  const names = (await readdir(join(at.root, "far"))).sort();
  assert.deepEqual(names, ["away", "real.json", "real.json.bak", "real.json.tmp"]);
});

test("L2 a leftover beside the target of a link is found, and so is the backup", async () => {
  for (const name of [OURS, "real.json.tmp", "real.json.bak"]) {
    await using at = await linkedDirectory();
    await writeFile(join(at.root, "far", name), serialize(tableOf(7)));
    const store = await at.open();
    assert.equal(store.loadOutcome.kind, "recovered");
    assert.ok(store.loadOutcome.source!.endsWith(`/${name}`));
    await store.persist();
    assert.equal((await at.open()).loadOutcome.kind, "loaded");
  }
});

test("L2 forty links are followed, as the system does, and not one more", async () => {
  for (const length of [40, 41]) {
    await using at = await StoreDirectory.make({ "0": tableOf(5) });
    for (let i = 1; i < length; i++) await symlink(`${i - 1}`, at.path(`${i}`));
    await symlink(`${length - 1}`, at.main);
    if (length === 40) {
      assert.ok((await at.open()).snapshot().equals(tableOf(5)));
    } else {
      await assert.rejects(at.open(), {
        name: "OffsetLoadError",
        path: at.main,
        code: undefined,
        message: `Cannot load offsets from ${JSON.stringify(at.main)}: more than 40 symbolic links`,
      });
    }
  }
});

test("L5 a link that cannot be read is an error, not a missing file", async () => {
  await using at = await StoreDirectory.make({ "offset.json.bak": tableOf(1) });
  const faulty = new FaultyFileSystem();
  for (const code of ["EACCES", "ELOOP", undefined]) {
    faulty.faults = [{ when: ({ name }) => name === "readLink", code }];
    await assert.rejects(at.open({ fileSystem: faulty.fileSystem }), (error) => {
      assert.ok(error instanceof OffsetLoadError);
      assert.equal(error.path, at.main);
      assert.equal(error.code, code);
      return true;
    });
  }
});
