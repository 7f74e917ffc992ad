/** Each change keeps what the store held; `history` lists the changes, and `undo` goes back. */
import assert from "node:assert/strict";
import { chmod, readdir, stat } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { LocalFileOffsetStore, nodeFileSystem, OffsetTable, serialize } from "../../mod.ts";
import { MOST_UNDO_BYTES, pruneUndo, undoPaths } from "../../scripts/offsets/undo/undo_files.ts";
import { isUndoName, makeUniqueName, undoOf } from "../../src/file/paths.ts";
import { run, table, Workspace } from "../scripts/offsets_run.ts";

const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 2n ** 63n - 1n]);
const undoIn = async (w: Workspace) =>
  (await readdir(w.root)).filter((name) => name.includes(".undo-")).sort();

test("undo goes back to the table before any change, and undo once more takes that back", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  await w.write("other.json", table(["a", "b", 0, 1n]));
  const changes = [
    ["set", path, "--topic", "orders", "--broker", "broker-a", "--queue", "0", "11"],
    ["set", path, "--topic", "x", "--broker", "b", "--queue", "7", "11", "--add"],
    ["reset", path, "--to-earliest"],
    ["delete", path, "--topic", "orders"],
    ["merge", w.path("other.json"), w.path("other.json"), "--out", path, "--force"],
    ["convert", w.path("other.json"), "--to", "java", "--out", path, "--force"],
  ];
  const states = [T];
  for (const change of changes) {
    assert.equal((await run([...change, "--yes"])).code, 0, change.join(" "));
    states.push(await w.table("offset.json"));
  }
  assert.match(await w.text("offset.json"), /"offsetTable":\{\{/, "it is in Java's form");
  // Each undo is a change, too: the state that was n changes ago is 2n - 1 ago after n - 1 of them.
  for (let n = 1; n <= changes.length - 1; n++) {
    const args = ["undo", path, String(2 * n - 1), "--yes"];
    const { code, err } = await run(args);
    assert.deepEqual([code, err.includes("Watching")], [0, true], err);
    assert.ok((await w.table("offset.json")).equals(states.at(-1 - n)!), `${n} changes ago`);
  }
  assert.match(await w.text("offset.json"), /"offsetTable":\{"/, "it is in Go's form again");
  assert.equal((await run(["undo", path, "--yes"])).code, 0);
  assert.ok((await w.table("offset.json")).equals(states[2]), "undone");
});

test("a change that undo cannot take back names another way, or none", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", serialize(T, { checksum: true }).replace(":10", ":11"));
  const accepted = await run(["verify", path, "--accept", "--yes", "--no-wait"]);
  assert.equal(accepted.code, 0);
  // The offsets are those of the edit, so there is nothing to go back to.
  assert.doesNotMatch(accepted.out, /To go back/);
  const { code, out } = await run(["undo", path, "--no-wait"]);
  assert.deepEqual([code, out], [
    0,
    `${path} holds what it held before change 1: nothing to undo\n`,
  ]);
  const adopted = await run(["adopt", path, "--to", w.path("new/offset.json"), "--yes"]);
  assert.match(adopted.out, /\nIt is new: to go back, remove it\.\n$/);
  const again = await run(["adopt", path, "--to", w.path("new/offset.json"), "--yes"]);
  assert.doesNotMatch(again.out, /It is new|To go back/);
});

test("undo keeps the checksum or its absence, and the generation of main", async () => {
  await using w = await Workspace.make();
  const options = { clientId: "", group: "", root: w.root, journal: true };
  const path = w.path("offset.json");
  const store = await LocalFileOffsetStore.open(options);
  store.update({ topic: "t", brokerName: "b", queueId: 0 }, 5, true);
  await store.close();
  const before = await w.text("offset.json");
  assert.match(before, /"generation":1/);
  await run(["reset", path, "--to-earliest", "--yes"]);
  assert.match(await w.text("offset.json"), /"generation":1/);
  await run(["undo", path, "--yes"]);
  assert.equal(await w.text("offset.json"), before);
});

test("the state before holds the records of the journal", async () => {
  await using w = await Workspace.make();
  const options = { clientId: "", group: "", root: w.root, journal: true };
  const store = await LocalFileOffsetStore.open(options);
  for (const offset of [1, 2, 3]) {
    store.update({ topic: "t", brokerName: "b", queueId: 0 }, offset, true);
    await store.persist();
  }
  const path = w.path("offset.json");
  assert.ok((await readdir(w.root)).includes("offset.json.journal"));
  assert.equal((await run(["reset", path, "--to-earliest", "--yes"])).code, 0);
  assert.equal((await run(["undo", path, "--yes"])).code, 0);
  assert.ok((await w.table("offset.json")).equals(table(["t", "b", 0, 3n])));
});

test("history tells who changed what, the newest first", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  assert.equal((await run(["history", path])).out, `No change of ${path} is kept\n`);
  const lost = await run(["history", w.path("none/offset.json")]);
  assert.equal(lost.code, 3);
  assert.match(lost.err, /^Cannot list the changes of ".*": there is no such file\n/);
  await run(["reset", path, "--to-offset", "20", "--force", "--yes"]);
  await run(["delete", path, "--topic", "orders", "--yes"]);
  const { out, code } = await run(["history", path]);
  assert.equal(code, 0);
  const [head, last, first] = out.split("\n");
  assert.match(head, /^N +AGE +USER +PID +CHANGES +COMMAND$/);
  assert.match(last, /^1 +0s +\S+ +\d+ +2 deleted +delete --topic orders --yes$/);
  assert.match(first, /^2 +0s +\S+ +\d+ +1 raised, 1 lowered +reset .*$/);
  const { changes } = JSON.parse((await run(["history", path, "--json"])).out);
  assert.equal(changes.length, 2);
  assert.deepEqual(changes[0].command, ["delete", path, "--topic", "orders", "--yes"]);
  assert.equal(changes[0].deleted, 2);
  assert.ok(changes[0].user.length > 0 && changes[0].pid === process.pid);
});

test("undo refuses what is not there, and what held no table", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", "torn");
  await w.write("offset.json.bak", T);
  const rescued = await run(["rescue", path, "--yes"]);
  assert.doesNotMatch(rescued.out, /To go back/);
  const none = await run(["undo", path, "--yes"]);
  assert.equal(none.code, 3);
  assert.match(none.err, /^Cannot undo change 1 of .*: main held no table before it\n.*\.corrupt-/);
  assert.match((await run(["undo", path, "2"])).err, /: only 1 is kept/);
  for (const number of ["0", "-1", "x", "1.5"]) {
    assert.equal((await run(["undo", path, number])).code, 2, number);
  }
  const [name] = await undoIn(w);
  await w.write(name, (await w.text(name)).slice(0, -9));
  assert.match((await run(["undo", path])).err, /it is not complete/);
  assert.match((await run(["history", path])).out, /it is not complete/);
});

test("the last ten are kept, and no more than fit; no other file is removed", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const strangers = [
    "offset.json.undo-",
    "offset.json.undo-20200101T000000.000Z-abcdef0",
    "offset.json.undo-20200101T000000.000Z-abcdef01.bak",
    "offsets.json.undo-20200101T000000.000Z-abcdef01",
  ];
  for (const name of strangers) await w.write(name, "x");
  for (let offset = 11; offset < 26; offset++) {
    const queue = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];
    await run(["set", path, ...queue, String(offset), "--yes"]);
  }
  const kept = await undoPaths(nodeFileSystem, path);
  assert.equal(kept.length, 10);
  assert.equal((await undoIn(w)).length, 10 + strangers.length);
  const { changes } = JSON.parse((await run(["history", path, "--json"])).out);
  assert.deepEqual(changes.map(({ command }: { command: string[] }) => command.at(-2)), [
    ...[25, 24, 23, 22, 21, 20, 19, 18, 17, 16].map(String),
  ]);

  const sizes = new Map(kept.map((each, i) => [each, i < 3 ? MOST_UNDO_BYTES / 2 : 1]));
  const removed: string[] = [];
  const fileSystem = {
    ...nodeFileSystem,
    stat: async (each: string) => ({
      ...(await nodeFileSystem.stat(each))!,
      size: sizes.get(each)!,
    }),
    unlink: (each: string) => Promise.resolve(void removed.push(each)),
  };
  await pruneUndo(fileSystem, path);
  assert.deepEqual(removed, kept.slice(2), "two halves fill it");
  removed.length = 0;
  sizes.set(kept[0], 2 * MOST_UNDO_BYTES);
  await pruneUndo(fileSystem, path);
  assert.deepEqual(removed, kept.slice(1), "the newest is kept, however long it is");
});

test("an undo file has main's mode, and the store never takes it for anything of its own", async () => {
  await using w = await Workspace.make();
  const path = await w.write("c/g/offset.json", T);
  await chmod(path, 0o640);
  await run(["reset", path, "--to-earliest", "--yes"]);
  const [undo] = await undoPaths(nodeFileSystem, path);
  assert.equal((await stat(undo)).mode & 0o777, 0o640);
  const verified = JSON.parse((await run(["verify", path, "--json"])).out);
  assert.deepEqual(verified.files.map(({ role }: { role: string }) => role), ["main", "backup"]);
  const { stores } = JSON.parse((await run(["list", w.root, "--json"])).out);
  assert.equal(stores.length, 1);
  for (const name of ["offset.json", "offset.json.bak"]) {
    await nodeFileSystem.unlink(w.path(`c/g/${name}`));
  }
  const store = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root: w.root });
  assert.ok(store.snapshot().equals(OffsetTable.empty), "no load recovers from it");
  store.update({ topic: "t", brokerName: "b", queueId: 0 }, 1, true);
  await store.close();
  assert.ok((await readdir(w.path("c/g"))).some((name) => isUndoName("offset.json", name)));
  // To read and to compare it, it is an offset file.
  assert.equal((await run(["show", undo])).code, 0);
  assert.equal((await run(["diff", undo, path])).code, 1);
});

test("the names of undo files are exact", () => {
  for (const main of ["offset.json", "offsets.json"]) {
    assert.ok(isUndoName(main, undoOf(main, makeUniqueName())));
    assert.ok(!isUndoName(main, `${undoOf(main, makeUniqueName())}x`));
  }
  assert.ok(!isUndoName("offset.json", undoOf("offset.json.bak", makeUniqueName())));
});
