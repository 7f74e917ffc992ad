/** The operator's tool where a consumer has left a journal beside its main file. */
import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore } from "../../mod.ts";
import { writeStore } from "../../scripts/offsets/writing/write_store.ts";
import { readTable } from "../../scripts/offsets/reading/read_table.ts";
import { run, silent, table, Workspace } from "./offsets_run.ts";

const QUEUE = { topic: "orders", brokerName: "broker-a", queueId: 0 };
const SET = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];
const SNAPSHOT = table(["orders", "broker-a", 0, 1n], ["orders", "broker-a", 1, 1n]);
const WHOLE = table(["orders", "broker-a", 0, 3n], ["orders", "broker-a", 1, 1n]);

/** A store whose consumer was killed: a snapshot, and a journal of two records. */
async function killed(w: Workspace): Promise<string> {
  const options = { clientId: "", group: "", root: w.root, journal: true };
  const store = await LocalFileOffsetStore.open(options);
  for (const [mq, offset] of SNAPSHOT) store.update(mq, offset, true);
  await store.persist();
  for (const offset of [2n, 3n]) {
    store.update(QUEUE, offset, true);
    await store.persist();
  }
  return w.path("offset.json");
}

const JOURNAL = "offset.json.journal";

test("J3 show, list and diff tell what main and its journal hold together", async () => {
  await using w = await Workspace.make();
  const path = await killed(w);
  const { out, code } = await run(["show", path]);
  assert.equal(code, 0);
  assert.match(out, /orders +broker-a +0 +3\n/);
  assert.match(out, /2 queues, go's form, written .* ago, and 2 records of its journal\n$/);
  const shown = JSON.parse((await run(["show", path, "--json"])).out);
  assert.equal(shown.journalRecords, 2);
  assert.equal(shown.offsets[0].offset, "3");
  assert.match((await run(["list", w.root])).out, /ok, 2 records of its journal/);
  await w.write("other.json", WHOLE);
  assert.equal((await run(["diff", path, w.path("other.json")])).code, 0);
});

test("J4 compact makes one plain file of both, once", async () => {
  await using w = await Workspace.make();
  const path = await killed(w);
  const { out, code } = await run(["compact", path, "--yes"]);
  assert.equal(code, 0);
  assert.match(
    out,
    /^Write main with 2 records of its journal, and remove the journal\nWritten to /,
  );
  assert.ok((await w.table("offset.json")).equals(WHOLE));
  assert.ok((await w.table("offset.json.bak")).equals(SNAPSHOT));
  const names = (await readdir(w.root)).filter((name) => !name.includes(".undo-")).sort();
  assert.deepEqual(names, ["offset.json", "offset.json.bak"]);
  assert.match((await run(["compact", path, "--yes"])).out, /has no journal: nothing to compact/);
  assert.deepEqual(JSON.parse((await run(["compact", path, "--json", "--yes"])).out), {
    command: "compact",
    file: path,
    applied: false,
    changes: [],
    actions: [],
    warnings: [],
    refusal: null,
    records: 0,
  });
});

test("J3 a change is made to main and its records, and no journal is left that belongs to another", async () => {
  await using w = await Workspace.make();
  const path = await killed(w);
  assert.equal((await run(["set", path, ...SET, "2", "--yes"])).code, 3, "the journal is at 3");
  assert.equal((await run(["set", path, ...SET, "9", "--yes"])).code, 0);
  const changed = table(["orders", "broker-a", 0, 9n], ["orders", "broker-a", 1, 1n]);
  assert.ok((await w.table("offset.json")).equals(changed));
  assert.ok(!(await readdir(w.root)).includes(JOURNAL));
});

test("P9 the tool notices a record that a consumer appends during a change", async () => {
  await using w = await Workspace.make();
  const path = await killed(w);
  const file = await readTable("change", path);
  await w.write(JOURNAL, await w.text(JOURNAL) + "more");
  const { format, info: replaces, generation, journal } = file;
  await assert.rejects(
    writeStore(path, WHOLE, {
      format,
      checksum: true,
      replaces,
      generation,
      journal,
      content: "valid",
      io: silent,
    }),
    /somebody else has just changed it/,
  );
  assert.ok((await w.table("offset.json")).equals(SNAPSHOT));
});

test("J2 verify tells the journal's records, and what is wrong with it", async () => {
  await using w = await Workspace.make();
  const path = await killed(w);
  const whole = (await w.text(JOURNAL)).replace(/\0+$/, "");
  const verify = async () => {
    const { out, code } = await run(["verify", path], { size: () => ({ columns: 160, rows: 24 }) });
    return { code, line: out.split("\n").find((line) => line.includes(JOURNAL)) };
  };
  assert.deepEqual((await verify()).code, 0);
  assert.match((await verify()).line!, /^valid +journal .* 2 records of its journal$/);
  await w.write(JOURNAL, whole.slice(0, -5));
  const torn = await verify();
  assert.equal(torn.code, 0);
  assert.match(
    torn.line!,
    /1 record of its journal, and a last one that was not written to the end/,
  );
  await w.write(JOURNAL, whole.replace(":2}", ":8}"));
  const damaged = await verify();
  assert.equal(damaged.code, 1);
  assert.match(damaged.line!, /^bad +journal .*damaged, and good ones follow it/);
  const refused = await run(["show", path]);
  assert.equal(refused.code, 3);
  assert.match(refused.err, /its journal cannot be read/);
  await w.write(JOURNAL, whole);
  await w.write("offset.json", SNAPSHOT.forTopic("none"));
  const foreign = await verify();
  assert.equal(foreign.code, 1);
  assert.match(foreign.line!, /it extends another file/);
  const { files } = JSON.parse((await run(["verify", path, "--json"])).out);
  assert.deepEqual(files.map(({ role, state }: Record<string, string>) => [role, state]), [
    ["main", "valid"],
    ["journal", "bad"],
  ]);
});

test("J3 a journal that cannot be applied is kept, never removed", async () => {
  await using w = await Workspace.make();
  const path = await killed(w);
  const journal = await w.text(JOURNAL);
  await w.write("offset.json", SNAPSHOT.forTopic("none"));
  assert.equal((await run(["set", path, ...SET, "9", "--add", "--yes"])).code, 0);
  const [kept] = (await readdir(w.root)).filter((name) => name.startsWith(`${JOURNAL}.corrupt-`));
  assert.equal(await w.text(kept), journal);
});

test("L2 J3 rescue applies the journal to the backup that it extends", async () => {
  await using w = await Workspace.make();
  const path = await killed(w);
  await w.write("offset.json.bak", await w.text("offset.json"));
  await w.write("offset.json", "");
  const { out, code } = await run(["rescue", path, "--yes", "--json"]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(out).changes[0].to, "3");
  assert.ok((await w.table("offset.json")).equals(WHOLE));
  assert.ok(!(await readdir(w.root)).includes(JOURNAL));
});

test("L5 a journal that cannot be examined is no missing one", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", SNAPSHOT);
  await mkdir(w.path(JOURNAL));
  const { code, err } = await run(["show", path]);
  assert.equal(code, 3);
  assert.match(err, /its journal cannot be read/);
  assert.equal((await run(["verify", path])).code, 1);
});
