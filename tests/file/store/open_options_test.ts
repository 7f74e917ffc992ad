/** The options of an open. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { LocalFileOffsetStore } from "../../../mod.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

test("G1 open() lays the files out as Go and Java do, and skips empty components", async () => {
  await using at = await StoreDirectory.make();
  const { root } = at;
  const path = async (clientId: string, group: string, format: "go" | "java" = "go") =>
    (await LocalFileOffsetStore.open({ clientId, group, root, format })).path;
  assert.equal(await path("c", "g"), `${root}/c/g/offset.json`);
  assert.equal(await path("c", "g", "java"), `${root}/c/g/offsets.json`);
  assert.equal(await path("", "g"), `${root}/g/offset.json`);
  assert.equal(await path("", ""), `${root}/offset.json`);
  for (const bad of ["..", ".", "a/b", "a\\b", "a\0", "\ud800", 5 as unknown as string]) {
    await assert.rejects(path(bad, "g"), { name: "TypeError", message: /^Cannot use clientId / });
    await assert.rejects(path("c", bad), { name: "TypeError", message: /^Cannot use group / });
  }
});

test("G1 open() takes the root from the environment, and never from the current directory", async () => {
  await using at = await StoreDirectory.make();
  const names = ["rocketmq.client.localOffsetStoreDir", "HOME", "USERPROFILE"];
  const before = names.map((name) => process.env[name]);
  const set = (...values: (string | undefined)[]) =>
    names.forEach((name, i) => {
      if (values[i] === undefined) delete process.env[name];
      else process.env[name] = values[i];
    });
  const open = (format: "go" | "java" = "go") =>
    LocalFileOffsetStore.open({ clientId: "c", group: "g", format });
  try {
    set(at.root, "/nowhere");
    assert.equal((await open()).path, `${at.root}/c/g/offset.json`);
    set("", at.root);
    assert.equal((await open()).path, `${at.root}/.rocketmq_client_go/c/g/offset.json`);
    assert.equal((await open("java")).path, `${at.root}/.rocketmq_offsets/c/g/offsets.json`);
    set(undefined, undefined, at.root);
    assert.equal((await open()).path, `${at.root}/.rocketmq_client_go/c/g/offset.json`);
    set(undefined, undefined, undefined);
    await assert.rejects(open(), /^TypeError: Cannot choose a root directory: no root is given/);
  } finally {
    set(...before);
  }
});

test("open() refuses options that it does not know", async () => {
  await using at = await StoreDirectory.make();
  for (const name of ["format", "onCorrupt", "onConflict", "durability"]) {
    await assert.rejects(at.open({ [name]: "other" }), {
      name: "TypeError",
      message: new RegExp(`^Cannot use ${name} "other": it is neither "\\w+" nor "\\w+"$`),
    });
  }
  for (const persistEveryMs of [1, 2 ** 31 - 1]) await (await at.open({ persistEveryMs })).close();
  for (const persistEveryMs of [0, -1, 1.5, NaN, 2 ** 31]) {
    await assert.rejects(at.open({ persistEveryMs }), {
      name: "RangeError",
      message: `Cannot use persistEveryMs "${persistEveryMs}": ` +
        "it is not an integer from 1 to 2147483647",
    });
  }
});
