/** The files of ali-ons: shown, listed, compared and converted, and written by no command. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, parseAliOns } from "../../src/core/mod.ts";
import { run, table, Workspace } from "./offsets_run.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/ali_ons/3.12.0/", import.meta.url));
const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 2n ** 53n - 1n]);

const key = (queueId: number) => `[topic="orders", brokerName="broker-a", queueId="${queueId}"]`;

/** Written as ali-ons does; a queue at -1 beside those of the table. */
const TEXT = JSON.stringify({
  offsetTable: { [key(0)]: 10, [key(1)]: 2 ** 53 - 1, [key(2)]: -1 },
});

const PLACE = ".rocketmq_offsets_node/10.0.0.1@DEFAULT/audit/offsets.json";

test("show, list and diff read a file of ali-ons; a queue at -1 is left out", async () => {
  await using w = await Workspace.make();
  const path = await w.write(PLACE, TEXT);
  const shown = await run(["show", path]);
  assert.equal(shown.code, 0);
  assert.match(shown.out, /orders +broker-a +0 +10\norders +broker-a +1 +9007199254740991\n/);
  assert.match(shown.out, /\n2 queues, ali-ons's form, /);
  const json = JSON.parse((await run(["show", path, "--json"])).out);
  assert.deepEqual([json.format, json.checksum, json.offsets.length], ["ali-ons", "none", 2]);

  const listed = await run(["list", w.path(".rocketmq_offsets_node"), "--json"]);
  assert.equal(listed.code, 0);
  const [{ client, group, format, queues, health }] = JSON.parse(listed.out).stores;
  assert.deepEqual([client, group, format], ["10.0.0.1@DEFAULT", "audit", "ali-ons"]);
  assert.deepEqual([queues, health], [2, "ok"]);

  const go = await w.write("offset.json", T);
  assert.equal((await run(["diff", path, go])).code, 0);
  const watched = await run(["show", path, "--watch", "--json"]);
  assert.equal(JSON.parse(watched.out).offsets.length, 2);
});

test("convert writes the offsets of ali-ons in Go's form and in Java's", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offsets.json", TEXT);
  for (const to of ["go", "java"]) {
    const out = w.path(`${to}/${to === "go" ? "offset.json" : "offsets.json"}`);
    const { code, err } = await run(["convert", path, "--to", to, "--out", out, "--yes"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.ok(parse(await readFile(out, "utf8")).equals(T));
  }
  assert.ok(parse((await run(["convert", path, "--to", "go"])).out).equals(T));
  assert.equal(await w.text("offsets.json"), TEXT);
});

test("each file that ali-ons wrote is shown as parseAliOns reads it, or refused with its reason", async () => {
  let [read, refused] = [0, 0];
  for (const name of await readdir(FIXTURES)) {
    const path = join(FIXTURES, name);
    const text = await readFile(path, "utf8");
    if (!text.includes("[topic=")) continue;
    let expected;
    try {
      expected = parseAliOns(text);
    } catch (error) {
      const { reason } = error as { reason?: string };
      const { code, err } = await run(["show", path]);
      assert.equal(code, 3, name);
      assert.ok(err.includes(`${reason}, at position `), `${name}: ${err}`);
      assert.match(err, /of a file of ali-ons\n/);
      refused++;
      continue;
    }
    const { out } = await run(["convert", path, "--to", "go"]);
    assert.ok(parse(out).equals(expected), name);
    read++;
  }
  assert.ok(read > 5 && refused > 5, `${read} read, ${refused} refused`);
});

test("no other command reads or writes a file of ali-ons; each says to convert it", async () => {
  await using w = await Workspace.make();
  const go = await w.write("offset.json", T);
  for (const path of [await w.write("offsets.json", TEXT), await w.write(PLACE, TEXT)]) {
    const queue = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];
    const commands = [
      ["set", path, ...queue, "11", "--yes"],
      ["reset", path, "--to-offset", "0", "--force", "--yes"],
      ["delete", path, "--topic", "orders", "--yes"],
      ["compact", path, "--yes"],
      ["merge", path, go, "--out", w.path("merged.json"), "--yes"],
      ["rescue", path, "--yes"],
      ["verify", "--accept", path, "--yes"],
    ];
    for (const command of commands) {
      const { code, err } = await run(command);
      assert.equal(code, 3, `${command}: ${err}`);
      assert.match(
        err,
        /^Cannot .*: it is a file of ali-ons, which no store reads\n/,
        `${command}`,
      );
      assert.match(err, /offsets convert .*offsets\.json --to go --out OUT\n$/, `${command}`);
    }
    const verified = await run(["verify", path]);
    assert.equal(verified.code, 1);
    assert.match(verified.out, /of ali-ons, which no store reads\n.*offsets convert /s);
    const replaced = await run(["convert", go, "--to", "java", "--out", path, "--force", "--yes"]);
    assert.equal(replaced.code, 3);
    assert.match(replaced.err, /Choose another name\.\n$/);
  }
  assert.equal(await w.text("offsets.json"), TEXT);
  assert.equal(await w.text(PLACE), TEXT);
  assert.deepEqual((await readdir(w.root)).sort(), [
    ".rocketmq_offsets_node",
    "offset.json",
    "offsets.json",
  ]);
});

test("where ali-ons keeps its file, no command writes another one, whatever is there", async () => {
  for (const content of [undefined, '{"offsetTable":{}}', "{", T]) {
    await using w = await Workspace.make();
    const path = w.path(PLACE);
    if (content !== undefined) await w.write(PLACE, content, "java");
    await w.write(`${PLACE}.bak`, T, "java");
    const before = await readFile(path, "utf8").catch(() => undefined);
    const queue = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];
    const commands = [
      ["set", path, ...queue, "9", "--create", "--force", "--yes"],
      ["convert", `${path}.bak`, "--to", "java", "--out", path, "--force", "--yes"],
      ["rescue", path, "--yes"],
    ];
    for (const command of commands) {
      const { code, err } = await run(command);
      if (code === 0) assert.equal(command[0], "rescue", "there is nothing to rescue");
      else assert.equal(code, 3, err);
    }
    assert.equal(await readFile(path, "utf8").catch(() => undefined), before);
  }
});
