import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { run, table, Workspace } from "./offsets_run.ts";

const BIG = 9223372036854775807n;
const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, BIG]);

test("convert there and back gives the same bytes", async () => {
  await using w = await Workspace.make();
  const go = await w.write("offset.json", T);
  const java = w.path("offsets.json");
  assert.equal((await run(["convert", go, "--to", "java", "--out", java, "--yes"])).code, 0);
  assert.equal(await w.text("offsets.json"), serialize(T, { format: "java" }));
  assert.equal((await run(["convert", java, "--to", "go"])).out, serialize(T));
  assert.equal((await run(["convert", java, "--to", "go", "--out", go, "--yes"])).code, 3);
  assert.equal(
    (await run(["convert", java, "--to", "go", "--out", go, "--force", "--yes"])).code,
    0,
  );
  assert.match((await run(["convert", go, "--to", "rust"])).err, /neither go nor java/);
});

test("diff tells differences whatever the form", async () => {
  await using w = await Workspace.make();
  const a = await w.write("offset.json", T);
  const b = await w.write("offsets.json", T, "java");
  assert.deepEqual(await run(["diff", a, b]), { code: 0, out: "Equal: 2 queues\n", err: "" });
  const c = await w.write("c.json", table(["orders", "broker-a", 0, 4n], ["new", "b", 0, 1n]));
  const { code, out } = await run(["diff", a, c, "--json"]);
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(out).differences.map((
      d: Record<string, unknown>,
    ) => [d.topic, d.queueId, d.offsets]),
    [["new", 0, [null, "1"]], ["orders", 0, ["10", "4"]], ["orders", 1, [String(BIG), null]]],
  );
  assert.match((await run(["diff", a, c])).out, /orders +broker-a +0 +10 +4 +-6\n/);
  const three = await run(["diff", a, b, c]);
  assert.equal(three.code, 1);
  assert.match(three.out, /^TOPIC +BROKER +QUEUE +A +B +C\n/);
  assert.match(
    three.out,
    /orders +broker-a +0 +10 +10 +4\nor.*\nA: .*offset.*\nB: .*\nC: .*c\.json\n$/,
  );
  assert.equal((await run(["diff", a, b, a])).code, 0);
  const many = await run(["diff", ...Array(28).fill(a), c]);
  assert.match(many.out, /^TOPIC .* Z +A1 +B1 +C1\n/);
  assert.equal((await run(["diff", a])).code, 2);
});

test("merge takes the greater offset of each queue and replaces nothing unasked", async () => {
  await using w = await Workspace.make();
  const a = await w.write("a.json", table(["t", "b", 0, 1n], ["t", "b", 1, 9n]));
  const b = await w.write("b.json", table(["t", "b", 0, 5n], ["t", "b", 2, 7n]));
  const out = w.path("c/offset.json");
  const merged = table(["t", "b", 0, 5n], ["t", "b", 1, 9n], ["t", "b", 2, 7n]);
  assert.equal((await run(["merge", a, b, "--out", out, "--yes"])).code, 0);
  assert.ok((await w.table("c/offset.json")).equals(merged));
  const c = await w.write("third.json", table(["t", "b", 2, 8n], ["u", "b", 0, 1n]), "java");
  await run(["merge", a, b, c, "--out", w.path("all.json"), "--yes"]);
  const all = table(["t", "b", 0, 5n], ["t", "b", 1, 9n], ["t", "b", 2, 8n], ["u", "b", 0, 1n]);
  assert.ok((await w.table("all.json")).equals(all));
  const again = await run(["merge", a, a, "--out", out, "--yes"]);
  assert.deepEqual([again.code, /: it exists\n/.test(again.err)], [3, true]);
  assert.ok((await w.table("c/offset.json")).equals(merged));
  assert.equal((await run(["merge", a, a, "--out", out, "--force", "--yes"])).code, 0);
  assert.ok((await w.table("c/offset.json.bak")).equals(merged));
});

test("merge --force does not back a bad file up, and a failed write leaves nothing behind", async () => {
  await using w = await Workspace.make();
  const a = await w.write("a.json", T);
  const out = await w.write("offset.json", "torn");
  const backup = await w.write("offset.json.bak", table(["good", "b", 0, 1n]));
  assert.equal((await run(["merge", a, a, "--out", out, "--force", "--yes"])).code, 0);
  assert.ok((await w.table("offset.json")).equals(T));
  assert.equal(await w.text("offset.json.bak"), serialize(table(["good", "b", 0, 1n])), backup);
  await mkdir(w.path("folder"));
  const { code, err } = await run(["merge", a, a, "--out", w.path("folder"), "--force", "--yes"]);
  assert.equal(code, 3);
  assert.match(err, /^Cannot write ".*folder": .*\n {2}The file is as it was/);
  assert.deepEqual((await readdir(w.root)).filter((name) => name.endsWith(".tmp")), []);
});
