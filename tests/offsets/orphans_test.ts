/** Stores of clients that will not come back: their offsets are adopted, and they are archived. */
import assert from "node:assert/strict";
import { mkdir, readdir, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { run, table, Workspace } from "../scripts/offsets_run.ts";
import { patience, terminal } from "./harness.ts";

const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 20n]);

test("adopt starts a new client where the old one ended, whatever of it is there", async () => {
  await using w = await Workspace.make();
  const old = await w.write("10.0.0.7@1/g/offset.json", T);
  const to = w.path("10.0.0.7@2/g");
  const { code, err } = await run(["adopt", w.path("10.0.0.7@1/g"), "--to", to, "--yes"]);
  assert.equal(code, 0, err);
  assert.ok((await w.table("10.0.0.7@2/g/offset.json")).equals(T));
  assert.ok((await w.table("10.0.0.7@1/g/offset.json")).equals(T), "the old one stays");

  await w.write(
    "3/offsets.json",
    table(["orders", "broker-a", 0, 3n], ["new", "b", 0, 1n]),
    "java",
  );
  assert.equal((await run(["adopt", old, "--to", w.path("3"), "--yes"])).code, 0);
  const both = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 20n], [
    ...["new", "b", 0, 1n] as const,
  ]);
  assert.ok((await w.table("3/offsets.json")).equals(both));
  assert.match(await w.text("3/offsets.json"), /"offsetTable":\{\{/);

  await w.write("4/offset.json", table(["orders", "broker-a", 0, 11n]));
  const ahead = await run(["adopt", old, "--to", w.path("4"), "--yes"]);
  assert.deepEqual([ahead.code, /is at 11, above 10/.test(ahead.err)], [3, true]);
  assert.equal((await run(["adopt", old, "--to", w.path("4"), "--force", "--yes"])).code, 0);
  assert.ok((await w.table("4/offset.json")).equals(T));
});

test("adopt refuses a directory without a store, or with two, itself, and a live old client", async () => {
  await using w = await Workspace.make();
  const old = await w.write("old/offset.json", T);
  await mkdir(w.path("empty"));
  await w.write("two/offset.json", T);
  await w.write("two/offsets.json", T, "java");
  for (
    const [from, to, code] of [["empty", "new", 3], ["two", "new", 3], ["old", "old", 2]] as const
  ) {
    assert.equal((await run(["adopt", w.path(from), "--to", w.path(to), "--yes"])).code, code);
  }
  const io = patience(async (ms) => {
    // Another length: the clock of the files may not have gone on since the first look.
    if (ms === 3000) await w.write("old/offset.json", table(["orders", "broker-a", 0, 10n]));
  });
  const { code, err } = await run(["adopt", old, "--to", w.path("new"), "--yes"], io);
  assert.deepEqual([code, /a consumer is at work/.test(err)], [3, true], err);
  assert.ok(!(await readdir(w.root)).includes("new"));
});

/** Writes a file that is so many days old. */
async function aged(w: Workspace, name: string, days: number, content: string | typeof T = T) {
  const seconds = Date.now() / 1000 - days * 86_400;
  await utimes(await w.write(name, content), seconds, seconds);
}

/** Dead stores, one that lives, and what must not be moved. */
async function orphans(w: Workspace): Promise<string> {
  for (const name of ["offset.json", "offset.json.bak", "offset.json.journal"]) {
    await aged(w, `root/10.0.0.7@1/g/${name}`, 30);
  }
  await aged(w, "root/10.0.0.7@1/h/offset.json", 20);
  await aged(w, "root/10.0.0.7@2/g/offset.json", 30);
  await aged(w, "root/10.0.0.7@2/h/offset.json", 1);
  await aged(w, "root/10.0.0.7@3/g/offset.json", 30);
  await aged(w, "root/10.0.0.7@3/g/offset.json.lock", 0, ".");
  await aged(w, "root/10.0.0.7@4/g/offset.json", 30);
  await aged(w, "root/10.0.0.7@4/g/notes.txt", 30, "mine");
  await aged(w, "root/a/b/c/offsets.json", 30);
  await symlink(w.path("root/10.0.0.7@1"), w.path("root/link"));
  await mkdir(w.path("root/empty"));
  return w.path("root");
}

const ARGS = ["--older-than", "7d"];

test("prune shows and moves only directories in which all is old and a store's", async () => {
  await using w = await Workspace.make();
  const root = await orphans(w);
  const dry = await run(["prune", root, ...ARGS, "--dry-run"]);
  assert.equal(dry.code, 0, dry.err);
  assert.deepEqual(dry.out.split("\n"), [
    'Move "10.0.0.7@1": 2 stores, 20d old',
    'Move "10.0.0.7@2/g": 1 store, 30d old',
    'Move "a": 1 store, 30d old',
    "",
  ]);
  assert.deepEqual(await readdir(w.root), ["root"], "nothing is made");
  assert.equal((await run(["prune", root, ...ARGS])).code, 2);
  assert.equal((await run(["prune", root, ...ARGS], terminal("n"))).code, 1);

  const { folder, applied } = JSON.parse(
    (await run(["prune", root, ...ARGS, "--yes", "--json"])).out,
  );
  assert.ok(applied && folder.startsWith(`${root}.archive/`.replaceAll("/", join("/"))));
  const left = (await readdir(root)).sort();
  assert.deepEqual(left, ["10.0.0.7@2", "10.0.0.7@3", "10.0.0.7@4", "empty", "link"]);
  assert.deepEqual(await readdir(join(root, "10.0.0.7@2")), ["h"]);
  const moved = (await readdir(folder, { recursive: true })).filter((name) => /json/.test(name));
  assert.deepEqual(
    moved.sort(),
    [
      "10.0.0.7@1/g/offset.json",
      "10.0.0.7@1/g/offset.json.bak",
      "10.0.0.7@1/g/offset.json.journal",
      "10.0.0.7@1/h/offset.json",
      "10.0.0.7@2/g/offset.json",
      "a/b/c/offsets.json",
    ].map((name) => join(name)),
  );
  assert.equal((await run(["show", join(folder, "10.0.0.7@1/h/offset.json")])).code, 0);
  assert.match((await run(["prune", root, ...ARGS, "--yes"])).out, /^Nothing in .* is so old\n$/);
});

test("a store that is written after it was shown stays", async () => {
  await using w = await Workspace.make();
  const root = await orphans(w);
  const io = {
    ask: async () => {
      await w.write("root/10.0.0.7@2/g/offset.json", T);
      return "y";
    },
  };
  const { code, err } = await run(["prune", root, ...ARGS], { ...io, isTerminal: true });
  assert.equal(code, 3);
  assert.match(
    err,
    /Cannot move ".*@2.g": somebody has just written to it\n.*1 before it were moved/,
  );
  assert.ok((await readdir(root)).includes("10.0.0.7@2"));
});

test("prune watches stores that are young, and takes an archive and an age", async () => {
  await using w = await Workspace.make();
  const root = await orphans(w);
  const io = patience(async (ms) => {
    if (ms === 1000) await w.write("root/10.0.0.7@3/g/offset.json.lock", "..");
  });
  const args = ["prune", root, "--older-than", "0s", "--yes"];
  const { code, err } = await run(args, { ...io, now: () => Date.now() + 1000 });
  assert.deepEqual([code, /a consumer is at work/.test(err)], [3, true], err);
  const archive = w.path("elsewhere");
  assert.equal((await run([...args.slice(0, 2), ...ARGS, "--yes", "--archive", archive])).code, 0);
  assert.equal((await readdir(archive)).length, 1);
  for (const age of ["7", "d", "-1d", "7w", "1.5d"]) {
    assert.equal((await run(["prune", root, "--older-than", age])).code, 2, age);
  }
  assert.equal((await run(["prune", w.path("none"), ...ARGS])).code, 3);
});
