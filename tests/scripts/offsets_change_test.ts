import assert from "node:assert/strict";
import { readdir, symlink } from "node:fs/promises";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { applyChanges, toChange } from "../../scripts/offsets/writing/change_table.ts";
import { readArgs } from "../../scripts/offsets/command_line/args.ts";
import { readTable } from "../../scripts/offsets/reading/read_table.ts";
import { set } from "../../scripts/offsets/commands/set.ts";
import { run, silent, table, Workspace } from "./offsets_run.ts";

const BIG = 9223372036854775807n;
const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, BIG]);

const SET = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];

test("set raises, backs up and keeps the form; it lowers only by force", async () => {
  await using w = await Workspace.make();
  for (const [name, format] of [["offset.json", "go"], ["offsets.json", "java"]] as const) {
    const path = await w.write(name, T, format);
    assert.equal((await run(["set", path, ...SET, "11"])).code, 0);
    const raised = table(["orders", "broker-a", 0, 11n], ["orders", "broker-a", 1, BIG]);
    assert.equal(await w.text(name), serialize(raised, { format }));
    assert.equal(await w.text(`${name}.bak`), serialize(T, { format }));
    const refused = await run(["set", path, ...SET, "10"]);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /^Cannot lower offsets in .* is at 11, above 10\n.*--force/);
    assert.equal(await w.text(name), serialize(raised, { format }));
    const { out } = await run(["set", path, ...SET, "10", "--force", "--json"]);
    assert.deepEqual(JSON.parse(out).changes, [
      { topic: "orders", brokerName: "broker-a", queueId: 0, from: "11", to: "10" },
    ]);
    assert.match((await run(["set", path, ...SET, "10"])).out, /Nothing to change/);
  }
  assert.equal((await readdir(w.root)).length, 4, "no temporary file is left");
});

test("set makes a file only when asked, and never beside a backup", async () => {
  await using w = await Workspace.make();
  const path = w.path("offsets.json");
  assert.equal((await run(["set", path, ...SET, "5"])).code, 3);
  assert.deepEqual(await readdir(w.root), []);
  assert.equal((await run(["set", path, ...SET, "5", "--create"])).code, 0);
  assert.match(await w.text("offsets.json"), /"offsetTable":\{\{/);
  await w.write("b/offset.json.bak", T);
  const { code, err } = await run(["set", w.path("b/offset.json"), ...SET, "5", "--create"]);
  assert.equal(code, 3);
  assert.match(err, /recover it with: offsets rescue/);
});

test("set follows a symbolic link, and the backup lies by its target", async () => {
  await using w = await Workspace.make();
  await w.write("real/offset.json", T);
  await symlink(w.path("real/offset.json"), w.path("offset.json"));
  const { out } = await run(["set", w.path("offset.json"), ...SET, "11"]);
  assert.match(out, /real.offset\.json\.bak/);
  assert.equal(
    (await w.table("real/offset.json")).get({
      topic: "orders",
      brokerName: "broker-a",
      queueId: 0,
    }),
    11n,
  );
  assert.deepEqual((await readdir(w.path("real"))).sort(), ["offset.json", "offset.json.bak"]);
});

test("a backup by the target of a symbolic link is found", async () => {
  await using w = await Workspace.make();
  await w.write("real/offset.json", "torn");
  await w.write("real/offset.json.bak", T);
  await symlink(w.path("real/offset.json"), w.path("offset.json"));
  assert.equal((await run(["rescue", w.path("offset.json"), "--write"])).code, 0);
  assert.ok((await w.table("real/offset.json")).equals(T));
});

test("a change made by somebody else after the read is not overwritten", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const file = await readTable("set an offset in", path);
  const theirs = table(["orders", "broker-a", 0, 99n]);
  await w.write("offset.json", theirs);
  const changes = [...T].map(([mq, from]) => ({ mq, from, to: 12n }));
  const args = readArgs(set, [path, "12"])!;
  await assert.rejects(
    applyChanges(toChange(file), changes, args, silent),
    /somebody else has just changed it/,
  );
  assert.ok((await w.table("offset.json")).equals(theirs));
});

test("reset sets every queue or those of a topic", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", table(["a", "b", 0, 1n], ["c", "b", 0, 5n]));
  const refused = await run(["reset", path, "--offset", "3"]);
  assert.equal(refused.code, 3);
  assert.equal((await run(["reset", path, "--offset", "3", "--topic", "a"])).code, 0);
  assert.ok((await w.table("offset.json")).equals(table(["a", "b", 0, 3n], ["c", "b", 0, 5n])));
  assert.equal((await run(["reset", path, "--offset", "0", "--force"])).code, 0);
  assert.ok((await w.table("offset.json")).equals(table(["a", "b", 0, 0n], ["c", "b", 0, 0n])));
  assert.match((await run(["reset", path, "--offset", "3", "--topic", "x"])).err, /"a", "c"/);
});

test("delete needs --force and takes no more than was named", async () => {
  await using w = await Workspace.make();
  const all = table(["a", "b", 0, 1n], ["a", "b", 1, 2n], ["a", "c", 0, 3n], ["z", "b", 0, 4n]);
  const path = await w.write("offset.json", all);
  const refused = await run(["delete", path, "--topic", "a"]);
  assert.equal(refused.code, 3);
  assert.match(refused.err, /3 positions would be forgotten/);
  assert.ok((await w.table("offset.json")).equals(all));
  await run(["delete", path, "--topic", "a", "--broker", "b", "--queue", "1", "--force"]);
  assert.ok(
    (await w.table("offset.json")).equals(
      table(["a", "b", 0, 1n], ["a", "c", 0, 3n], ["z", "b", 0, 4n]),
    ),
  );
  await run(["delete", path, "--topic", "a", "--force"]);
  assert.ok((await w.table("offset.json")).equals(table(["z", "b", 0, 4n])));
  assert.equal((await run(["delete", path, "--topic", "a", "--force"])).code, 3);
});
