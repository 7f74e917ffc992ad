/** What each command that changes offsets makes of them. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { parse, serialize } from "../../mod.ts";
import { escapeJson } from "../../scripts/lib/escape.ts";
import { table as anyTable } from "../../scripts/lib/arbitraries.ts";
import { run, table, Workspace } from "../scripts/offsets_run.ts";
import { check } from "../support/check.ts";

const A = "broker-a";
const T = table(["orders", A, 0, 10n], ["orders", A, 1, 20n], ["orders", "broker-b", 0, 30n], [
  ...["mails", A, 0, 40n] as const,
]);
const QUEUE_0 = { topic: "orders", brokerName: A, queueId: 0 };
const QUEUE = ["--topic", "orders", "--broker", A, "--queue", "0"];

test("set adds a queue only if that is asked for, and names what was meant", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  for (
    const [queue, says] of [
      [
        ["order", A, "0"],
        /holds no queue 0 of "order" on "broker-a"\n.*the topic "orders"\?.*--add/,
      ],
      [["orders", "broker-c", "0"], /the broker "broker-a"\?/],
      [["orders", A, "7"], /The queues there are 0, 1\..*--add/],
      [["payments", A, "0"], /Its topics are "mails", "orders"\./],
    ] as const
  ) {
    const [topic, broker, id] = queue;
    const args = ["set", path, "--topic", topic, "--broker", broker, "--queue", id, "5", "--yes"];
    const { code, err } = await run(args);
    assert.equal(code, 3);
    assert.match(err, says);
    assert.ok((await w.table("offset.json")).equals(T));
    assert.equal((await run([...args, "--add"])).code, 0);
    const mq = { topic, brokerName: broker, queueId: Number(id) };
    assert.equal((await w.table("offset.json")).get(mq), 5n);
    await w.write("offset.json", T);
  }
});

test("reset moves queues to each target, and only those that are selected", async () => {
  const MOST = "9223372036854775807";
  for (
    const [options, expected] of [
      [["--to-earliest"], [0n, 0n, 0n, 0n]],
      [["--to-earliest", "--broker", "broker-b"], [10n, 20n, 0n, 40n]],
      [["--to-offset", "15", "--force"], [15n, 15n, 15n, 15n]],
      [["--to-offset", MOST, "--topic", "mails"], [10n, 20n, 30n, BigInt(MOST)]],
      [["--shift-by", "5"], [15n, 25n, 35n, 45n]],
      [["--shift-by", "+5"], [15n, 25n, 35n, 45n]],
      [["--shift-by=-15", "--topic", "orders"], [0n, 5n, 15n, 40n]],
      [["--shift-by", "-15"], [0n, 5n, 15n, 25n]],
      [["--shift-by", "1", "--queue", "1"], [10n, 21n, 30n, 40n]],
    ] as const
  ) {
    await using w = await Workspace.make();
    const path = await w.write("offset.json", T);
    const { code, err } = await run(["reset", path, ...options, "--yes"]);
    assert.deepEqual([code, options], [0, options], err);
    const now = await w.table("offset.json");
    assert.deepEqual([...T].map(([mq]) => now.get(mq)), [
      ...[expected[3], expected[0], expected[1], expected[2]],
    ], options.join(" "));
  }
});

test("reset refuses to lower by a number without --force, to leave int64, and two targets", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const refusals = [
    [
      ["--to-offset", "15"],
      3,
      /queue 0 of "mails" on "broker-a" is at 40, above 15, and 2 more\n.*--force/,
    ],
    [["--shift-by", "9223372036854775807"], 3, /would be beyond int64/],
    [["--shift-by", "x"], 2, /the shift "x" is not a whole number/],
    [[], 2, /it needs one of --to-earliest, --to-offset, --shift-by, --to-latest-seen/],
    [["--to-earliest", "--shift-by", "1"], 2, /it needs one of/],
    [["--to-earliest", "--topic", "order"], 3, /Did you mean the topic "orders"\?/],
  ] as const;
  for (const [options, expected, says] of refusals) {
    const { code, err } = await run(["reset", path, ...options, "--yes"]);
    assert.equal(code, expected, err);
    assert.match(err, says);
  }
  assert.ok((await w.table("offset.json")).equals(T));
});

test("reset --to-latest-seen takes the greatest of main, backup, leftovers and undo files", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  await run(["set", path, ...QUEUE, "99", "--yes"]);
  await run(["reset", path, "--to-earliest", "--yes"]);
  await w.write("offset.json.bak", table(["orders", A, 1, 25n], ["gone", A, 0, 1n]));
  await w.write("offset.json.tmp", table(["mails", A, 0, 41n]));
  assert.equal((await run(["reset", path, "--to-latest-seen", "--yes"])).code, 0);
  const seen = table(["orders", A, 0, 99n], ["orders", A, 1, 25n], ["orders", "broker-b", 0, 30n], [
    ...["mails", A, 0, 41n] as const,
  ]);
  assert.ok((await w.table("offset.json")).equals(seen), "and adds no queue");
});

test("any table that is exported comes back by import exactly", async () => {
  await using w = await Workspace.make();
  const from = w.path("offset.json");
  const to = w.path("copy/offset.json");
  await check(
    fc.asyncProperty(anyTable, fc.constantFrom("--csv", "--json"), async (t, form) => {
      await w.write("offset.json", t);
      const text = await w.write("text", (await run(["export", from, form])).out);
      await w.write("copy/offset.json", serialize(t.forTopic("no such topic")));
      const args = ["import", to, form, "--from", text, "--add", "--yes", "--no-wait"];
      const { code, err } = await run(args);
      assert.equal(code, 0, err);
      assert.ok((await w.table("copy/offset.json")).equals(t));
    }),
    { numRuns: 20 },
  );
});

test("import makes a file, and refuses what set refuses", async () => {
  await using w = await Workspace.make();
  const csv = async (...lines: string[]) =>
    await w.write("t.csv", ["topic,brokerName,queueId,offset", ...lines, ""].join("\n"));
  const made = w.path("new/offsets.json");
  const text = await csv(`orders,${A},0,7`);
  assert.equal((await run(["import", made, "--csv", "--from", text, "--yes"])).code, 3);
  assert.equal((await run(["import", made, "--csv", "--from", text, "--create", "--yes"])).code, 0);
  assert.match(await w.text("new/offsets.json"), /"offsetTable":\{\{/, "Java's form, by its name");
  const path = await w.write("offset.json", T);
  for (
    const [lines, options, says] of [
      [[`order,${A},0,7`], [], /it holds no queue 0 of "order" on "broker-a"\n.*"orders"\?.*--add/],
      [[`orders,${A},0,7`], [], /is at 10, above 7\n.*--force/],
      [[`orders,${A},0`], [], /Cannot import ".*t\.csv": line 2: it has 3 cells, not 4\n/],
    ] as const
  ) {
    await csv(...lines);
    const { code, err } = await run(["import", path, "--csv", "--from", text, "--yes", ...options]);
    assert.equal(code, 3, err);
    assert.match(err, says);
  }
  assert.ok((await w.table("offset.json")).equals(T));
  await csv(`orders,${A},0,7`, `orders,${A},1,21`);
  assert.equal((await run(["import", path, "--csv", "--from", text, "--force", "--yes"])).code, 0);
  const now = [...await w.table("offset.json")].map(([, offset]) => offset);
  assert.deepEqual(now, [40n, 7n, 21n, 30n], "queues that are not listed stay");
  assert.equal((await run(["import", path, "--yes"])).code, 2);
  const input = (text: string | Uint8Array) => ({
    input: () => Promise.resolve(typeof text === "string" ? new TextEncoder().encode(text) : text),
  });
  const piped = JSON.stringify({ offsets: [{ ...QUEUE_0, offset: "9223372036854775807" }] });
  assert.equal((await run(["import", path, "--json", "--yes"], input(piped))).code, 0);
  assert.equal((await w.table("offset.json")).get(QUEUE_0), 2n ** 63n - 1n);
  for (
    const [bad, says] of [
      ["{", /^Cannot import the standard input: the JSON text: /],
      [new Uint8Array([0xff]), /^Cannot import the standard input: the bytes are not UTF-8$/],
    ] as const
  ) {
    const { code, out } = await run(["import", path, "--json", "--yes"], input(bad));
    assert.equal(code, 3);
    assert.match(JSON.parse(out).error.message, says);
  }
  assert.equal((await run(["import", path, "--csv", "--from", w.path("none"), "--yes"])).code, 3);
});

test("export selects queues, and prints JSON that import and jq read", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const { out } = await run(["export", path, "--csv", "--topic", "orders", "--queue", "0"]);
  assert.equal(out, `topic,brokerName,queueId,offset\norders,${A},0,10\norders,broker-b,0,30\n`);
  const json = JSON.parse((await run(["export", path, "--json", "--topic", "mails"])).out);
  assert.deepEqual(json.offsets, [
    { topic: "mails", brokerName: A, queueId: 0, offset: "40" },
  ]);
  assert.equal((await run(["export", path])).code, 2);
  assert.equal((await run(["export", path, "--csv", "--json"])).code, 2);
  assert.equal((await run(["export", path, "--csv", "--topic", "x"])).code, 3);
});

test("convert to Go's form where Java reads warns that Java starts over", async () => {
  await using w = await Workspace.make();
  const go = await w.write("a.json", T);
  const java = await w.write("java.json", T, "java");
  const warns = async (...args: string[]) =>
    JSON.parse((await run(["convert", go, ...args, "--json"])).out).warnings.length;
  assert.equal(await warns("--to", "go", "--out", w.path("x/offsets.json")), 1);
  assert.equal(await warns("--to", "go", "--out", java, "--force"), 1);
  assert.equal(await warns("--to", "java", "--out", w.path("x/offsets.json")), 0);
  assert.equal(await warns("--to", "go", "--out", w.path("x/offset.json")), 0);
  const { out } = await run(["convert", go, "--to", "go", "--out", java, "--force"]);
  assert.match(out, /Note: .*from 5\.4 on it starts over/);
});

test("a change leaves only the undo file besides, and says where it is", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const { undo, applied } = JSON.parse(
    (await run(["set", path, ...QUEUE, "11", "--yes", "--json"])).out,
  );
  assert.ok(applied);
  const names = (await readdir(w.root)).sort();
  assert.deepEqual(names.slice(0, 2), ["offset.json", "offset.json.bak"]);
  assert.deepEqual(names.slice(2).map((name) => w.path(name)), [undo]);
  assert.ok(parse(await w.text(names[2])).equals(T));
  assert.equal(escapeJson(await w.text(names[2])), await w.text(names[2]));
});
