/** How a bad file is kept under another name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import { keepAside, moveAside } from "../../../src/file/recovery/quarantine.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const NAME = /^offset\.json\.corrupt-\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}$/;

const nameOf = (at: StoreDirectory, path: string) => path.slice(at.directory.length + 1);

test("L4 a bad file is moved to a name that says so", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const faulty = new FaultyFileSystem();
  const aside = await moveAside(faulty.fileSystem, at.main);
  assert.match(nameOf(at, aside!), NAME);
  assert.deepEqual(await at.names(), [nameOf(at, aside!)]);
  assert.equal(await at.text(nameOf(at, aside!)), "bad");
  assert.deepEqual(faulty.take(), ["stat", "rename"]);
});

test("P7 a bad file gets a second name, and is still there under its own", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const faulty = new FaultyFileSystem();
  const kept = await keepAside(faulty.fileSystem, at.main);
  assert.equal(kept?.by, "link");
  assert.match(nameOf(at, kept.path), NAME);
  assert.equal(await at.text("offset.json"), "bad");
  assert.equal(await at.text(nameOf(at, kept.path)), "bad");
  assert.deepEqual(faulty.take(), ["stat", "link"]);
});

test("P7 O5 where there are no hard links a bad file is moved instead", async () => {
  for (const code of ["EPERM", "EXDEV", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR"]) {
    await using at = await StoreDirectory.make({ "offset.json": "bad" });
    const faulty = new FaultyFileSystem();
    faulty.faults = [{ when: ({ name }) => name === "link", code }];
    const kept = await keepAside(faulty.fileSystem, at.main);
    assert.equal(kept?.by, "move");
    assert.deepEqual(await at.names(), [nameOf(at, kept.path)]);
    assert.deepEqual(faulty.take(), ["stat", "link", "stat", "rename"]);
  }
});

test("L4 a bad file that has gone is not kept", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const none = at.path("none");
  assert.equal(await moveAside(nodeFileSystem, none), undefined);
  assert.equal(await keepAside(nodeFileSystem, none), undefined);
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "link", code: "EPERM" }];
  assert.equal(await keepAside(faulty.fileSystem, none), undefined);
  assert.deepEqual(await at.names(), ["offset.json"]);
});

test("L4 a bad file that cannot be kept is an error, and stays", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  const keep = (name: string) => name === "rename" ? moveAside : keepAside;
  for (const call of ["rename", "link"]) {
    for (const code of ["EACCES", "ENOSPC", "EIO", undefined]) {
      const faulty = new FaultyFileSystem();
      faulty.faults = [{ when: ({ name }) => name === call, code }];
      await assert.rejects(
        keep(call)(faulty.fileSystem, at.main),
        new RegExp(`${call} failed`),
      );
    }
  }
  assert.deepEqual(await at.names(), ["offset.json"]);
});

test("O3 a path that is no regular file is refused, and stays", async () => {
  for (const keep of [moveAside, keepAside]) {
    await using at = await StoreDirectory.make({ "offset.json": "good" });
    const faulty = new FaultyFileSystem();
    await assert.rejects(keep(faulty.fileSystem, at.directory), { name: "NotRegularFileError" });
    assert.deepEqual(faulty.take(), ["stat"]);
    assert.deepEqual(await at.names(), ["offset.json"]);
  }
});
