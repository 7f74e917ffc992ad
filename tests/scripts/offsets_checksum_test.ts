import assert from "node:assert/strict";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore, OffsetFileCorruptError, serialize } from "../../mod.ts";
import { run, table, Workspace } from "./offsets_run.ts";

const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 20n]);
const EDITED = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 29n]);
const BEFORE = table(["orders", "broker-a", 0, 5n]);

const SET = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];

const FORMS = [["offset.json", "go"], ["offsets.json", "java"]] as const;

/** A file with a checksum in which somebody has changed 20 to 29. */
function editedText(format: "go" | "java"): string {
  return serialize(T, { format, checksum: true }).replace(":20", ":29");
}

async function asideOf(w: Workspace, folder = "."): Promise<string[]> {
  return (await readdir(w.path(folder))).filter((name) => name.includes(".corrupt-"));
}

for (const [name, format] of FORMS) {
  test(`${name}: changes keep the checksum of a file that has one`, async () => {
    await using w = await Workspace.make();
    const path = await w.write(name, serialize(T, { format, checksum: true }));
    assert.equal((await run(["set", path, ...SET, "11", "--yes"])).code, 0);
    const raised = table(["orders", "broker-a", 0, 11n], ["orders", "broker-a", 1, 20n]);
    assert.equal(await w.text(name), serialize(raised, { format, checksum: true }));
    assert.equal((await run(["reset", path, "--to-offset", "30", "--yes"])).code, 0);
    assert.match(await w.text(name), /"crc32":"[0-9a-f]{8}"/);
    assert.match((await run(["verify", path])).out, /valid +main .* old, checksum right\n/);
    assert.equal((await run(["convert", path, "--to", "go"])).out.includes("crc32"), false);
  });

  test(`${name}: an edit is reported by verify, list, show and rescue, and is accepted`, async () => {
    await using w = await Workspace.make();
    const path = await w.write(name, editedText(format));
    const backup = await w.write(`${name}.bak`, serialize(BEFORE, { format, checksum: true }));

    const verified = await run(["verify", path]);
    assert.equal(verified.code, 1);
    assert.match(
      verified.out,
      /^bad +main .* its checksum is "\w{8}", that of its table\s+is\s+"\w{8}"/m,
    );
    assert.match(verified.out, /accept it with: offsets verify --accept \S+\n$/);
    const { files: [main] } = JSON.parse((await run(["verify", path, "--json"])).out);
    assert.deepEqual([main.state, main.edited], ["bad", true]);

    const { stores } = JSON.parse((await run(["list", w.root, "--json"])).out);
    assert.match(stores[0].health, /main bad: its checksum .*, recoverable from .*\.bak/);

    const shown = await run(["show", path]);
    assert.equal(shown.code, 1);
    assert.match(shown.out, /orders +broker-a +1 +29\n/);
    assert.match(shown.err, /its checksum is .*\n {2}If it was edited by hand, accept it with/);
    const compared = await run(["diff", backup, path]);
    assert.match(compared.out, /orders +broker-a +1 +none +29\n/);
    assert.match(compared.err, /accept it with/);

    const told = await run(["rescue", path, "--dry-run"]);
    assert.equal(told.code, 0);
    assert.match(told.out, /\nIf it was edited by hand, accept it with.*\n[^]*\nRecover "/);

    const refused = await run(["set", path, ...SET, "11", "--yes"]);
    assert.equal(refused.code, 3);
    assert.match(
      refused.err,
      /^Cannot set an offset in .*\n {2}If it was edited by hand, accept it/,
    );
    assert.equal(await w.text(name), editedText(format), "nothing has changed so far");

    const accepted = await run(["verify", "--accept", path, "--yes"]);
    assert.equal(accepted.code, 0, accepted.err);
    assert.match(accepted.out, /\nAccepted .*\nThe file as it was is kept in .*\.corrupt-\S+\n/);
    assert.equal(await w.text(name), serialize(EDITED, { format, checksum: true }));
    assert.ok((await w.table(`${name}.bak`)).equals(BEFORE), "the backup stays");
    const [aside] = await asideOf(w);
    assert.equal(await w.text(aside), editedText(format));

    const again = await run(["verify", path, "--accept", "--yes"]);
    assert.equal(again.code, 0);
    assert.match(again.out, /is valid: nothing to accept/);
  });
}

test("the store refuses an edited file, and opens it once it is accepted", async () => {
  await using w = await Workspace.make();
  const path = await w.write("client/group/offset.json", editedText("go"));
  const options = { clientId: "client", group: "group", root: w.root };
  await assert.rejects(LocalFileOffsetStore.open(options), OffsetFileCorruptError);
  assert.equal((await run(["verify", "--accept", path, "--yes"])).code, 0);
  await using store = await LocalFileOffsetStore.open(options);
  assert.ok(store.snapshot().equals(EDITED));
});

test("rescue --yes of an edited file takes the backup and keeps the edit aside", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", editedText("go"));
  await w.write("offset.json.bak", serialize(BEFORE, { checksum: true }));
  assert.equal((await run(["rescue", path, "--yes"])).code, 0);
  assert.equal(await w.text("offset.json"), serialize(BEFORE, { checksum: true }));
  const [aside] = await asideOf(w);
  assert.equal(await w.text(aside), editedText("go"));
});

test("rescue without a backup leaves an edited file alone, and names the way", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", editedText("go"));
  const { code, out } = await run(["rescue", path, "--yes"]);
  assert.equal(code, 1);
  assert.match(out, /\nIf it was edited by hand, accept it with.*\nNothing can be recovered/);
  assert.deepEqual(await readdir(w.root), ["offset.json"]);
});

test("only a wrong checksum can be accepted", async () => {
  await using w = await Workspace.make();
  const torn = await w.write("offset.json", editedText("go").slice(0, -20));
  for (const path of [torn, w.path("none.json")]) {
    const { code, err } = await run(["verify", "--accept", path, "--yes"]);
    assert.equal(code, 3);
    assert.match(err, /^Cannot accept .*\n {2}Only a wrong checksum can be accepted/);
  }
  assert.deepEqual(await readdir(w.root), ["offset.json"]);
});

test("an edit behind a symbolic link is accepted where it lies", async () => {
  await using w = await Workspace.make();
  await w.write("real/offset.json", editedText("go"));
  await symlink(w.path("real/offset.json"), w.path("offset.json"));
  assert.equal((await run(["verify", "--accept", w.path("offset.json"), "--yes"])).code, 0);
  assert.equal(await w.text("real/offset.json"), serialize(EDITED, { checksum: true }));
  assert.equal((await asideOf(w, "real")).length, 1);
  assert.equal((await asideOf(w)).length, 0);
});

test("a new file and a merged one have a checksum, a rescued one if its source has it", async () => {
  await using w = await Workspace.make();
  await run(["set", w.path("new/offset.json"), ...SET, "5", "--create", "--yes"]);
  const one = table(["orders", "broker-a", 0, 5n]);
  assert.equal(await w.text("new/offset.json"), serialize(one, { checksum: true }));
  const plain = await w.write("plain/offset.json", T);
  await run(["merge", plain, plain, "--out", w.path("merged.json"), "--yes"]);
  assert.equal(await w.text("merged.json"), serialize(T, { checksum: true }));
  await mkdir(w.path("lost"));
  for (const checksum of [true, false]) {
    await w.write("lost/offset.json", "");
    await w.write("lost/offset.json.bak", serialize(T, { checksum }));
    await run(["rescue", w.path("lost/offset.json"), "--yes"]);
    assert.equal(await w.text("lost/offset.json"), serialize(T, { checksum }));
  }
});

test("a name that looks like the checksum's member is none", async () => {
  await using w = await Workspace.make();
  const odd = table([',"crc32":"00000000"', '{"crc32":', 0, 1n]);
  for (const [name, format] of FORMS) {
    const path = await w.write(name, odd, format);
    const { files: [main] } = JSON.parse((await run(["verify", path, "--json"])).out);
    assert.deepEqual([main.state, main.checksum], ["valid", "none"]);
  }
});
