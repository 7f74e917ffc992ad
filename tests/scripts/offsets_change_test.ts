import assert from "node:assert/strict";
import { readdir, symlink } from "node:fs/promises";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { planChanges, toChange } from "../../scripts/offsets/changing/plan_changes.ts";
import { readTable } from "../../scripts/offsets/reading/read_table.ts";
import { run, silentTool, table, Workspace } from "./offsets_run.ts";

const BIG = 9223372036854775807n;
const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, BIG]);

const SET = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];

test("set raises, backs up and keeps the form; it lowers only by force", async () => {
  await using w = await Workspace.make();
  for (const [name, format] of [["offset.json", "go"], ["offsets.json", "java"]] as const) {
    const path = await w.write(name, T, format);
    assert.equal((await run(["set", path, ...SET, "11", "--yes"])).code, 0);
    const raised = table(["orders", "broker-a", 0, 11n], ["orders", "broker-a", 1, BIG]);
    assert.equal(await w.text(name), serialize(raised, { format }));
    assert.equal(await w.text(`${name}.bak`), serialize(T, { format }));
    const refused = await run(["set", path, ...SET, "10", "--yes"]);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /^Cannot lower offsets in .* is at 11, above 10\n.*--force/);
    assert.equal(await w.text(name), serialize(raised, { format }));
    const { out } = await run(["set", path, ...SET, "10", "--force", "--json", "--yes"]);
    assert.deepEqual(JSON.parse(out).changes, [
      { topic: "orders", brokerName: "broker-a", queueId: 0, from: "11", to: "10" },
    ]);
    assert.match((await run(["set", path, ...SET, "10", "--yes"])).out, /Nothing to change/);
  }
  const names = (await readdir(w.root)).filter((name) => !name.includes(".undo-"));
  assert.equal(names.length, 4, "no temporary file is left");
});

test("set makes a file only when asked, and never beside a backup", async () => {
  await using w = await Workspace.make();
  const path = w.path("offsets.json");
  assert.equal((await run(["set", path, ...SET, "5", "--yes"])).code, 3);
  assert.deepEqual(await readdir(w.root), []);
  assert.equal((await run(["set", path, ...SET, "5", "--create", "--yes"])).code, 0);
  assert.match(await w.text("offsets.json"), /"offsetTable":\{\{/);
  await w.write("b/offset.json.bak", T);
  const { code, err } = await run([
    "set",
    w.path("b/offset.json"),
    ...SET,
    "5",
    "--create",
    "--yes",
  ]);
  assert.equal(code, 3);
  assert.match(err, /recover it with: offsets rescue/);
});

test("set follows a symbolic link, and the backup lies by its target", async () => {
  await using w = await Workspace.make();
  await w.write("real/offset.json", T);
  await symlink(w.path("real/offset.json"), w.path("offset.json"));
  const { out } = await run(["set", w.path("offset.json"), ...SET, "11", "--yes", "--json"]);
  assert.match(JSON.parse(out).undo, /real.offset\.json\.undo-/);
  assert.equal(
    (await w.table("real/offset.json")).get({
      topic: "orders",
      brokerName: "broker-a",
      queueId: 0,
    }),
    11n,
  );
  const names = (await readdir(w.path("real"))).sort();
  assert.deepEqual(names.slice(0, 2), ["offset.json", "offset.json.bak"]);
  assert.equal(names.length, 3);
});

test("a backup by the target of a symbolic link is found", async () => {
  await using w = await Workspace.make();
  await w.write("real/offset.json", "torn");
  await w.write("real/offset.json.bak", T);
  await symlink(w.path("real/offset.json"), w.path("offset.json"));
  assert.equal((await run(["rescue", w.path("offset.json"), "--yes"])).code, 0);
  assert.ok((await w.table("real/offset.json")).equals(T));
});

test("a change made by somebody else after the read is not overwritten", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const file = await readTable("set an offset in", path);
  const theirs = table(["orders", "broker-a", 0, 99n]);
  await w.write("offset.json", theirs);
  const changes = [...T].map(([mq, from]) => ({ mq, from, to: 12n }));
  const plan = planChanges(toChange(file), changes, { lowering: "wanted" }, silentTool);
  await assert.rejects(plan.carryOut(), /somebody else has just changed it/);
  assert.ok((await w.table("offset.json")).equals(theirs));
  assert.deepEqual(await readdir(w.root), ["offset.json"], "nothing is kept for undo");
});

test("reset sets every queue or those of a topic", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", table(["a", "b", 0, 1n], ["c", "b", 0, 5n]));
  const refused = await run(["reset", path, "--to-offset", "3", "--yes"]);
  assert.equal(refused.code, 3);
  assert.equal((await run(["reset", path, "--to-offset", "3", "--topic", "a", "--yes"])).code, 0);
  assert.ok((await w.table("offset.json")).equals(table(["a", "b", 0, 3n], ["c", "b", 0, 5n])));
  assert.equal((await run(["reset", path, "--to-offset", "0", "--force", "--yes"])).code, 0);
  assert.ok((await w.table("offset.json")).equals(table(["a", "b", 0, 0n], ["c", "b", 0, 0n])));
  assert.match(
    (await run(["reset", path, "--to-offset", "3", "--topic", "x", "--yes"])).err,
    /"a", "c"/,
  );
});

test("delete takes no more than was named", async () => {
  await using w = await Workspace.make();
  const all = table(["a", "b", 0, 1n], ["a", "b", 1, 2n], ["a", "c", 0, 3n], ["z", "b", 0, 4n]);
  const path = await w.write("offset.json", all);
  assert.equal((await run(["delete", path, "--topic", "a"])).code, 2);
  assert.ok((await w.table("offset.json")).equals(all));
  await run(["delete", path, "--topic", "a", "--broker", "b", "--queue", "1", "--yes"]);
  assert.ok(
    (await w.table("offset.json")).equals(
      table(["a", "b", 0, 1n], ["a", "c", 0, 3n], ["z", "b", 0, 4n]),
    ),
  );
  await run(["delete", path, "--topic", "a", "--yes"]);
  assert.ok((await w.table("offset.json")).equals(table(["z", "b", 0, 4n])));
  assert.equal((await run(["delete", path, "--topic", "a", "--yes"])).code, 3);
});
