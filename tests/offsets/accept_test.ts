/** `verify --accept` and the journal of the file as it was before it was edited. */
import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore, serialize } from "../../mod.ts";
import { run, table, Workspace } from "../scripts/offsets_run.ts";

const q = (queueId: number) => ({ topic: "t", brokerName: "b", queueId });
const JOURNAL = "offset.json.journal";

/** Queues 0 and 1 at 10, queue 1 in the journal at 500, and queue 0 edited to 77. */
async function edited(w: Workspace): Promise<string> {
  const store = await LocalFileOffsetStore.open({
    ...{ clientId: "", group: "", root: w.root, journal: true },
  });
  store.update(q(0), 10, true);
  store.update(q(1), 10, true);
  await store.persist();
  for (const offset of [499, 500]) {
    store.update(q(1), offset, true);
    await store.persist();
  }
  const text = await w.text("offset.json");
  return await w.write("offset.json", text.replace('queueId\\":0}":10', 'queueId\\":0}":77'));
}

test("without a choice the journal's offsets are shown, and nothing is changed", async () => {
  await using w = await Workspace.make();
  const path = await edited(w);
  const before = await readdir(w.root);
  const { code, out, err } = await run(["verify", path, "--accept", "--yes"]);
  assert.equal(code, 3);
  assert.match(out, /\nt +b +1 +10 +500\n/);
  assert.match(out, /Keep 2 records of its journal aside\n/);
  assert.match(err, /its journal holds other offsets.*\n.*--journal max.*--journal aside/);
  assert.deepEqual(await readdir(w.root), before);
  assert.equal((await run(["verify", path, "--accept", "--journal", "no"])).code, 2);
  assert.equal((await run(["verify", path, path, "--accept"])).code, 2);
});

for (const [choice, one] of [["max", 500n], ["aside", 10n]] as const) {
  test(`--journal ${choice}: the file holds ${one}, and the journal is kept aside`, async () => {
    await using w = await Workspace.make();
    const path = await edited(w);
    const journal = await w.text(JOURNAL);
    const args = ["verify", path, "--accept", "--journal", choice, "--yes"];
    const { code, err } = await run(args);
    assert.equal(code, 0, err);
    const expected = table(["t", "b", 0, 77n], ["t", "b", 1, one]);
    assert.ok((await w.table("offset.json")).equals(expected));
    const kept = (await readdir(w.root)).filter((name) => name.startsWith(`${JOURNAL}.corrupt-`));
    assert.equal(await w.text(kept[0]), journal);
    await using store = await LocalFileOffsetStore.open({ clientId: "", group: "", root: w.root });
    assert.ok(store.snapshot().equals(expected));
  });
}

test("an offset that was lowered on purpose stays lowered only by --journal aside", async () => {
  await using w = await Workspace.make();
  const path = await edited(w);
  const text = await w.text("offset.json");
  await w.write("offset.json", text.replace('queueId\\":1}":10', 'queueId\\":1}":3'));
  assert.equal((await run(["verify", path, "--accept", "--journal", "aside", "--yes"])).code, 0);
  assert.equal((await w.table("offset.json")).get(q(1)), 3n);
  const { code } = await run(["undo", path, "--yes"]);
  assert.equal(code, 0);
});

test("a journal beside a bad or a missing main is kept aside when a table is written there", async () => {
  for (const main of ["torn", undefined]) {
    await using w = await Workspace.make();
    const path = await edited(w);
    const journal = await w.text(JOURNAL);
    await rm(path);
    if (main !== undefined) await w.write("offset.json", main);
    const other = await w.write("other.json", table(["t", "b", 0, 1n]));
    const args = ["merge", other, other, "--out", path, "--force", "--yes"];
    const { code, err } = await run(args);
    assert.equal(code, 0, err);
    const kept = (await readdir(w.root)).filter((name) => name.startsWith(`${JOURNAL}.corrupt-`));
    assert.equal(await w.text(kept[0]), journal);
    await using store = await LocalFileOffsetStore.open({ clientId: "", group: "", root: w.root });
    assert.ok(store.snapshot().equals(table(["t", "b", 0, 1n])));
  }
});

test("a journal that main had folded in needs no choice", async () => {
  await using w = await Workspace.make();
  const path = await edited(w);
  const journal = await w.text(JOURNAL);
  const folded = serialize(table(["t", "b", 0, 10n], ["t", "b", 1, 500n]), { generation: 2 });
  await w.write("offset.json", folded.replace(":10,", ":77,"));
  const { code, err } = await run(["verify", path, "--accept", "--yes"]);
  assert.equal(code, 0, err);
  const kept = (await readdir(w.root)).filter((name) => name.startsWith(`${JOURNAL}.corrupt-`));
  assert.equal(await w.text(kept[0]), journal);
});
