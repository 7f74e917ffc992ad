/** Files of others beside a store, whose names look like ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DiskProcess, MAIN } from "./disk_process.ts";
import { runTool } from "./run_tool.ts";
import { filesOf } from "./watched_changes.ts";

/** Names that are nobody's of ours, but look like it. */
const OTHERS = [
  "offset.json.mine.tmp",
  "offset.json.before-reset.tmp",
  "offset.json.20261130.tmp",
  "offset.json.tmp.tmp",
  "offset.json..tmp",
  "offset.json.corrupt-mine.tmp",
  "offset.json.bak.tmp",
  "offset.json.journal.tmp",
];

test("P8 O4 files of others are never removed", async () => {
  const text = serialize(tableOf(7));
  const files = Object.fromEntries([...OTHERS, "offset.json.tmp"].map((name) => [name, text]));
  for (const options of [{}, { journal: true }, { onConflict: "merge" }] as const) {
    const disk = await diskWith({ "offset.json": serialize(tableOf(1)), ...files });
    const store = await new DiskProcess(disk).open(options);
    for (const offset of [2, 3]) {
      store.update(queue(0), offset, true);
      await store.persist();
    }
    await store.close();
    const left = await filesOf(disk);
    for (const name of Object.keys(files)) assert.equal(left[name], text, name);
  }
});

for (const name of OTHERS) {
  test(`P8 L2 a file of another's name is never loaded: ${name}`, async () => {
    const disk = await diskWith({
      "offset.json.bak": serialize(tableOf(1)),
      // The newest of all.
      [name]: serialize(tableOf(7)),
    });
    const store = await new DiskProcess(disk).open();
    assert.equal(store.peek(queue(0)), 1n);
    assert.equal(store.loadOutcome.source, `${MAIN}.bak`);
  });
}

test("P8 L2 Go's temporary file is loaded where main is missing, and stays", async () => {
  const disk = await diskWith({ "offset.json.tmp": serialize(tableOf(7)) });
  const store = await new DiskProcess(disk).open();
  assert.equal(store.peek(queue(0)), 7n);
  store.update(queue(0), 8, true);
  await store.persist();
  assert.ok((await filesOf(disk))["offset.json.tmp"] !== undefined);
});

test("P8 L2 the operator's tool rescues from no file of another's name", async () => {
  for (const name of OTHERS) {
    const disk = await diskWith({
      "offset.json.bak": serialize(tableOf(1)),
      [name]: serialize(tableOf(7)),
    });
    const { code } = await runTool(new DiskProcess(disk), "rescue", MAIN, "--yes");
    assert.equal(code, 0, name);
    assert.equal((await new DiskProcess(disk).open()).peek(queue(0)), 1n, name);
    assert.equal((await filesOf(disk))[name], serialize(tableOf(7)), name);
  }
});
