import assert from "node:assert/strict";
import { chmod, mkdir, readdir, stat, utimes } from "node:fs/promises";
import { relative } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { run, table, Workspace } from "./offsets_run.ts";

const BIG = 9223372036854775807n;
const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, BIG]);

test("list finds both orders of the levels and both file names, and judges each", async () => {
  await using w = await Workspace.make();
  await w.write("orders/10.0.0.7@A/offset.json", T);
  await w.write("10.0.0.7@A/java-group/offsets.json", T, "java");
  await w.write("torn/10.0.0.7@A/offset.json", '{"offsetTable":{');
  await w.write("torn/10.0.0.7@A/offset.json.bak", T);
  await w.write("gone/10.0.0.7@A/offset.json.20261124T020122.074Z-97915154.tmp", T);
  await w.write("gone/10.0.0.7@A/notes.json", "{}");
  const { code, out } = await run(["list", w.root, "--json"]);
  assert.equal(code, 1);
  const found = JSON.parse(out).stores;
  assert.deepEqual(
    found.map((s: Record<string, unknown>) => [s.client, s.group, s.queues, s.format, s.health]),
    [
      ["10.0.0.7@A", "java-group", 2, "java", "ok"],
      [
        "10.0.0.7@A",
        "gone",
        null,
        null,
        "main missing, recoverable from offset.json.20261124T020122.074Z-97915154.tmp, 1 leftover .tmp",
      ],
      ["10.0.0.7@A", "orders", 2, "go", "ok"],
      [
        "10.0.0.7@A",
        "torn",
        null,
        null,
        "main bad: expected a queue as a string, found the end, at position 16 of 16, recoverable from offset.json.bak",
      ],
    ],
  );
  const text = await run(["list", w.root]);
  assert.match(text.out, /^In .*\nCLIENT +GROUP +QUEUES +AGE +HEALTH +PATH\n/);
});

test("list answers 0 if all is well, 1 for an empty root, 3 for none", async () => {
  await using w = await Workspace.make();
  assert.equal((await run(["list", w.root])).code, 1);
  await w.write("offset.json", T);
  assert.equal((await run(["list", w.root])).code, 0);
  const { code, err } = await run(["list", w.path("nowhere")]);
  assert.equal(code, 3);
  assert.match(err, /^Cannot list ".*nowhere": there is no such file\n {2}Go's root is/);
});

test("verify judges main, backup and leftovers, and says where the fault is", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  assert.deepEqual((await run(["verify", path])).code, 0);
  await w.write("offset.json.bak", "");
  await w.write("offset.json.tmp", serialize(T).slice(0, 30));
  await w.write("offset.json.20261124T020122.074Z-97915154.tmp", new Uint8Array(8));
  // A name that is nobody's: it is left alone.
  await w.write("offset.json.0b1e.tmp", new Uint8Array(8));
  const { code, out } = await run(["verify", path, "--json"]);
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(out).files.map((
      f: Record<string, unknown>,
    ) => [f.role, f.state, f.position, f.reason]),
    [
      ["main", "valid", undefined, undefined],
      ["backup", "empty", undefined, undefined],
      ["leftover", "bad", 0, "it holds nothing but NUL bytes"],
      ["leftover", "bad", 16, "the string that begins here has no end, at position 16 of 30"],
    ],
  );
  assert.match((await run(["verify", path])).out, /backup .*empty, as Go leaves it/);
});

test("verify of a missing file and of a directory", async () => {
  await using w = await Workspace.make();
  await mkdir(w.path("offset.json"));
  const { code, out } = await run(["verify", w.path("none.json"), w.path("offset.json")]);
  assert.equal(code, 1);
  assert.match(out, /missing +main .*none\.json +there is no such file/);
  assert.match(out, /bad +main .*offset\.json +it is a directory/);
});

test("a relative path is shown as it was given, for the backup too", async () => {
  await using w = await Workspace.make();
  await w.write("a/offset.json", "");
  await w.write("a/offset.json.bak", T);
  const path = relative(process.cwd(), w.path("a/offset.json"));
  const { files } = JSON.parse((await run(["verify", path, "--json"])).out);
  assert.deepEqual(files.map((file: { path: string }) => file.path), [path, `${path}.bak`]);
  const { stores } = JSON.parse(
    (await run(["list", relative(process.cwd(), w.root), "--json"])).out,
  );
  assert.match(stores[0].health, /recoverable from offset\.json\.bak/);
});

test("rescue tells first, and with --yes recovers and keeps the bad file", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", "torn");
  const backup = await w.write("offset.json.bak", T);
  const told = await run(["rescue", path]);
  assert.equal(told.code, 2);
  assert.match(told.out, /Recover ".*offset\.json" from ".*offset\.json\.bak"\n$/);
  assert.equal(await w.text("offset.json"), "torn");
  const done = JSON.parse((await run(["rescue", path, "--yes", "--json"])).out);
  assert.deepEqual([done.source, done.applied, done.changes.length], [backup, true, 2]);
  assert.ok((await w.table("offset.json")).equals(T));
  assert.ok((await w.table("offset.json.bak")).equals(T));
  const aside = (await readdir(w.root)).filter((name) => name.includes(".corrupt-"));
  assert.equal(aside.length, 1);
  assert.equal(await w.text(aside[0]), "torn");
  assert.equal(done.keptAside, w.path(aside[0]));
  assert.match((await run(["rescue", path])).out, /is valid, 2 queues: nothing to rescue/);
});

test("rescue prefers the newest valid file, and says when there is none", async () => {
  await using w = await Workspace.make();
  const path = w.path("offset.json");
  await utimes(await w.write("offset.json.bak", table(["t", "b", 0, 1n])), 1000, 1000);
  await utimes(await w.write("offset.json.tmp", table(["t", "b", 0, 2n])), 2000, 2000);
  assert.match((await run(["rescue", path, "--yes"])).out, /from .*offset\.json\.tmp\n$/);
  assert.ok((await w.table("offset.json")).equals(table(["t", "b", 0, 2n])));
  const lost = await w.write("lost/offset.json", "");
  const { code, out } = await run(["rescue", lost, "--yes"]);
  assert.equal(code, 1);
  assert.match(out, /Nothing can be recovered/);
  assert.equal(await w.text("lost/offset.json"), "");
});

test("O1 a rescued file takes its mode after the file that it is rescued from", async () => {
  await using w = await Workspace.make();
  const path = w.path("offset.json");
  await chmod(await w.write("offset.json.bak", T), 0o640);
  assert.equal((await run(["rescue", path, "--yes"])).code, 0);
  assert.equal((await stat(path)).mode & 0o777, 0o640);
});
