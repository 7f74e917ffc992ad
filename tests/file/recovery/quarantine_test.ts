/** How a bad file is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import { keepAside, moveAside } from "../../../src/file/recovery/quarantine.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

test("L4 a bad file is moved to a name that says so, which is synced unless nothing is", async () => {
  for (const sync of [true, false]) {
    await using at = await StoreDirectory.make({ "offset.json": "bad" });
    const faulty = new FaultyFileSystem();
    const aside = await moveAside(faulty.fileSystem, at.main, sync);
    assert.ok(aside!.startsWith(`${at.main}.corrupt-2`));
    assert.deepEqual(await at.names(), [aside!.slice(at.directory.length + 1)]);
    assert.deepEqual(faulty.take(), sync ? ["rename", "syncDirectory"] : ["rename"]);
  }
});

test("L4 a bad file that is kept under another name too is still there", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const aside = await keepAside(nodeFileSystem, at.main, true);
  assert.equal(await at.text("offset.json"), "bad");
  assert.equal(aside?.by, "link");
  assert.equal(await at.text(aside!.path.slice(at.directory.length + 1)), "bad");
});

test("L4 a bad file that has gone is not kept, and one that cannot be kept is an error", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  for (const [keep, call] of [[moveAside, "rename"], [keepAside, "link"]] as const) {
    assert.equal(await keep(nodeFileSystem, at.path("none"), true), undefined);
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: ({ name }) => name === call, code: "EACCES" }];
    await assert.rejects(keep(faulty.fileSystem, at.main, true), { code: "EACCES" });
  }
  assert.deepEqual(await at.names(), ["offset.json"]);
});
