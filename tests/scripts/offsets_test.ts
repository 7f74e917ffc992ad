import assert from "node:assert/strict";
import { mkdir, readdir, symlink, utimes } from "node:fs/promises";
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
  await w.write("gone/10.0.0.7@A/offset.json.0b1e.tmp", T);
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
        "main missing, recoverable from .0b1e.tmp, 1 leftover .tmp",
      ],
      ["10.0.0.7@A", "orders", 2, "go", "ok"],
      [
        "10.0.0.7@A",
        "torn",
        null,
        null,
        "main bad: expected a queue as a string, found the end, at position 16 of 16, recoverable from .bak",
      ],
    ],
  );
  const text = await run(["list", w.root]);
  assert.match(text.out, /^PATH +CLIENT +GROUP +QUEUES +AGE +HEALTH\n/);
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

test("show prints every int64 exactly, and one topic on request", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const { code, out } = await run(["show", path], { now: () => Date.now() + 120_000 });
  assert.equal(code, 0);
  assert.match(out, /^TOPIC +BROKER +QUEUE +OFFSET\norders +broker-a +0 +10\n/);
  assert.match(
    out,
    /orders +broker-a +1 +9223372036854775807\n2 queues, go's form, written 2m ago/,
  );
  const json = JSON.parse((await run(["show", path, "--json", "--topic", "orders"])).out);
  assert.deepEqual(json.offsets[1], {
    topic: "orders",
    brokerName: "broker-a",
    queueId: 1,
    offset: "9223372036854775807",
  });
  const other = await run(["show", path, "--topic", "order"]);
  assert.deepEqual([other.code, other.out], [1, ""]);
  assert.match(other.err, /Its topics are "orders"\./);
});

test("show escapes what could disturb the terminal and aligns wide characters", async () => {
  await using w = await Workspace.make();
  const path = await w.write(
    "offset.json",
    table(["a\u001b[31m\u202eb\n", "b", 0, 1n], ["订单", "b", 0, 1n]),
  );
  const { out } = await run(["show", path]);
  assert.ok(out.includes("a\\u001b[31m\\u202eb\\n  b"), out);
  assert.ok(out.includes("订单" + " ".repeat("a\\u001b[31m\\u202eb\\n".length - 4) + "  b"), out);
});

test("show of a bad file names the way out", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", "");
  const alone = await run(["show", path]);
  assert.equal(alone.code, 3);
  assert.match(
    alone.err,
    /^Cannot show ".*": it is empty\n {2}See what is left with: offsets verify/,
  );
  await w.write("offset.json.bak", T);
  assert.match((await run(["show", path])).err, /\.bak" is valid; recover it with: offsets rescue/);
});

test("show --watch tells the rate of each queue, and survives a bad moment", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", table(["t", "b", 0, 100n]));
  let polls = 0;
  const io = {
    now: () => 1_000_000 + polls * 2000,
    sleep: async () => {
      polls++;
      if (polls === 1) await w.write("offset.json", "");
      if (polls === 2) await w.write("offset.json", table(["t", "b", 0, 140n], ["t", "b", 1, 5n]));
      return polls < 4;
    },
  };
  const { code, out } = await run(["show", path, "--watch", "--json"], io);
  assert.equal(code, 0);
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 3, "an unchanged file is not told again");
  assert.equal(lines[1].error, "it is empty");
  assert.deepEqual(lines[2].offsets.map((o: { rate: number }) => o.rate), [10, null]);
  polls = 1;
  await w.write("offset.json", T);
  const screen = await run(["show", path, "--watch"], { ...io, isTerminal: true });
  assert.ok(screen.out.startsWith("\x1b[H\x1b[2J"));
  assert.match(screen.out, /TOPIC +BROKER +QUEUE +OFFSET +RATE/);
});

test("verify judges main, backup and leftovers, and says where the fault is", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  assert.deepEqual((await run(["verify", path])).code, 0);
  await w.write("offset.json.bak", "");
  await w.write("offset.json.tmp", serialize(T).slice(0, 30));
  await w.write("offset.json.0b1e.tmp", new Uint8Array(8));
  const { code, out } = await run(["verify", path, "--json"]);
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(out).map((f: Record<string, unknown>) => [f.role, f.state, f.position, f.reason]),
    [
      ["main", "valid", undefined, undefined],
      ["backup", "bad", 0, "it is empty"],
      ["leftover", "bad", 0, "it holds nothing but NUL bytes"],
      ["leftover", "bad", 16, "the string that begins here has no end"],
    ],
  );
  assert.match((await run(["verify", path])).out, /it is empty, as Go's client leaves it/);
});

test("verify of a missing file and of a directory", async () => {
  await using w = await Workspace.make();
  await mkdir(w.path("offset.json"));
  const { code, out } = await run(["verify", w.path("none.json"), w.path("offset.json")]);
  assert.equal(code, 1);
  assert.match(out, /missing +main .*none\.json +there is no such file/);
  assert.match(out, /bad +main .*offset\.json +it is a directory/);
});

test("rescue tells first, and with --write recovers and keeps the bad file", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", "torn");
  const backup = await w.write("offset.json.bak", T);
  const told = await run(["rescue", path]);
  assert.equal(told.code, 0);
  assert.match(told.out, /It can be recovered with: offsets rescue/);
  assert.equal(await w.text("offset.json"), "torn");
  const done = JSON.parse((await run(["rescue", path, "--write", "--json"])).out);
  assert.deepEqual([done.source, done.written, done.offsets.length], [backup, true, 2]);
  assert.ok((await w.table("offset.json")).equals(T));
  assert.ok((await w.table("offset.json.bak")).equals(T));
  const aside = (await readdir(w.root)).filter((name) => name.includes(".corrupt-"));
  assert.equal(aside.length, 1);
  assert.equal(await w.text(aside[0]), "torn");
  assert.match((await run(["rescue", path])).out, /is valid, 2 queues: nothing to rescue/);
});

test("rescue prefers the newest valid file, and says when there is none", async () => {
  await using w = await Workspace.make();
  const path = w.path("offset.json");
  await utimes(await w.write("offset.json.bak", table(["t", "b", 0, 1n])), 1000, 1000);
  await utimes(await w.write("offset.json.tmp", table(["t", "b", 0, 2n])), 2000, 2000);
  assert.match((await run(["rescue", path, "--write"])).out, /from .*offset\.json\.tmp\n$/);
  assert.ok((await w.table("offset.json")).equals(table(["t", "b", 0, 2n])));
  const lost = await w.write("lost/offset.json", "");
  const { code, out } = await run(["rescue", lost, "--write"]);
  assert.equal(code, 1);
  assert.match(out, /Nothing can be recovered/);
  assert.equal(await w.text("lost/offset.json"), "");
});

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

test("convert there and back gives the same bytes", async () => {
  await using w = await Workspace.make();
  const go = await w.write("offset.json", T);
  const java = w.path("offsets.json");
  assert.equal((await run(["convert", go, "--to", "java", "--out", java])).code, 0);
  assert.equal(await w.text("offsets.json"), serialize(T, { format: "java" }));
  assert.equal((await run(["convert", java, "--to", "go"])).out, serialize(T));
  assert.equal((await run(["convert", java, "--to", "go", "--out", go])).code, 3);
  assert.equal((await run(["convert", java, "--to", "go", "--out", go, "--force"])).code, 0);
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
    JSON.parse(out).differences.map((d: Record<string, unknown>) => [d.topic, d.queueId, d.a, d.b]),
    [["new", 0, null, "1"], ["orders", 0, "10", "4"], ["orders", 1, String(BIG), null]],
  );
  assert.match((await run(["diff", a, c])).out, /orders +broker-a +0 +10 +4 +-6\n/);
});

test("merge takes the greater offset of each queue and replaces nothing unasked", async () => {
  await using w = await Workspace.make();
  const a = await w.write("a.json", table(["t", "b", 0, 1n], ["t", "b", 1, 9n]));
  const b = await w.write("b.json", table(["t", "b", 0, 5n], ["t", "b", 2, 7n]));
  const out = w.path("c/offset.json");
  const merged = table(["t", "b", 0, 5n], ["t", "b", 1, 9n], ["t", "b", 2, 7n]);
  assert.equal((await run(["merge", a, b, "--out", out])).code, 0);
  assert.ok((await w.table("c/offset.json")).equals(merged));
  const again = await run(["merge", a, a, "--out", out]);
  assert.deepEqual([again.code, /: it exists\n/.test(again.err)], [3, true]);
  assert.ok((await w.table("c/offset.json")).equals(merged));
  assert.equal((await run(["merge", a, a, "--out", out, "--force"])).code, 0);
  assert.ok((await w.table("c/offset.json.bak")).equals(merged));
});

const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [[], /no command is given\n {2}The commands are list, show/],
  [["shwo"], /there is no such command, did you mean show\?/],
  [["xyzzyxyzzy"], /there is no such command\n/],
  [["show"], /FILE is missing\n {2}usage: offsets show FILE/],
  [["show", ""], /an argument is empty/],
  [["show", "a", "b"], /"b" is one argument too many/],
  [["show", "a", "--tpic", "x"], /no option "--tpic", did you mean --topic\?/],
  [["show", "a", "--topic"], /--topic needs a value: --topic T/],
  [["show", "a", "--topic", "--json"], /--topic needs a value/],
  [["show", "a", "--json=1"], /--json takes no value/],
  [["show", "a", "--topic", "x", "--topic", "y"], /--topic is given twice/],
  [["set", "a", ...SET], /OFFSET is missing/],
  [["set", "a", "7", "--topic", "t"], /--broker B is missing/],
  [["set", "a", ...SET, "-7"], /a negative offset is not a position/],
  [["set", "a", ...SET, "1.5"], /"1\.5" is not a whole number from 0 to/],
  [["set", "a", ...SET, "9223372036854775808"], /beyond int64/],
  [["set", "a", "7", "--topic", "t", "--broker", "b", "--queue", "2147483648"], /queue number/],
  [["reset", "a", "--offset", "-1"], /"-1" is not a whole number/],
  [["delete", "a", "--force"], /--topic T is missing/],
  [["merge", "a", "b"], /--out C is missing/],
];

for (const [args, says] of WRONG) {
  test(`wrong usage says what would be right: ${args.join(" ") || "nothing"}`, async () => {
    const { code, out, err } = await run(args);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, says);
    assert.doesNotMatch(err, /\.ts:\d/, "no stack");
  });
}

test("--help of the program and of each command has examples", async () => {
  const { code, out } = await run(["--help"]);
  assert.equal(code, 0);
  const names = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name);
  assert.equal(names.length, 10);
  for (const name of names) {
    const help = await run([name, "--help"]);
    assert.deepEqual([help.code, help.err], [0, ""]);
    assert.match(help.out, new RegExp(`Examples:\n  offsets ${name} `));
  }
});

test("colour only when asked for", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", "");
  assert.ok((await run(["verify", path], { color: true })).out.includes("\x1b[31mbad"));
  assert.ok(!(await run(["verify", path])).out.includes("\x1b"));
});
