import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, symlink, utimes } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { commonFolder } from "../../scripts/lib/common_folder.ts";
import { cellsOf, formatTable, shorten } from "../../scripts/lib/table.ts";
import { findExecutable } from "../../scripts/lib/runtimes.ts";
import { naturalOrder } from "../../scripts/offsets/output/natural_order.ts";
import { inParallel } from "../../scripts/offsets/reading/in_parallel.ts";
import { clientAndGroup } from "../../scripts/offsets/reading/judge_store.ts";
import { check } from "../support/check.ts";
import { run, table, Workspace } from "./offsets_run.ts";

const T = table(["orders", "broker-a", 0, 10n]);

interface Listed {
  readonly stores: { path: string; client: string; group: string; state: string; queues: number }[];
  readonly unreadable: { path: string; reason: string }[];
  readonly summary: Record<string, number>;
}

async function listJson(...args: string[]): Promise<Listed & { code: number }> {
  const { code, out } = await run(["list", ...args, "--json"]);
  return { code, ...JSON.parse(out) };
}

/** Sets the age of a file in days. */
async function age(path: string, days: number): Promise<void> {
  const at = Date.now() / 1000 - days * 86_400;
  await utimes(path, at, at);
}

test("list follows links once, whatever they lead to, and looks at any depth", async () => {
  await using w = await Workspace.make();
  await using other = await Workspace.make();
  await w.write("g/10.0.0.1@A/offset.json", T);
  await other.write("g/10.0.0.2@A/offset.json", T);
  await w.write("g/deep/er/10.0.0.3@A/offset.json", T);
  await symlink(other.path("g/10.0.0.2@A"), w.path("g/10.0.0.2@A"));
  await symlink(w.root, w.path("g/loop"));
  await symlink(w.path("g/10.0.0.1@A"), w.path("a-second-name"));
  await symlink(w.path("nowhere"), w.path("dangling"));
  const { code, stores, unreadable } = await listJson(w.root);
  assert.deepEqual([code, unreadable], [0, []]);
  assert.deepEqual(stores.map(({ path, client, group }) => [path, client, group]), [
    [w.path("g/10.0.0.1@A/offset.json"), "10.0.0.1@A", "g"],
    [w.path("g/10.0.0.2@A/offset.json"), "10.0.0.2@A", "g"],
    [w.path("g/deep/er/10.0.0.3@A/offset.json"), "deep/er/10.0.0.3@A", "g"],
  ]);
});

test("a level with an @ is the client, in either order and with slashes in its id", () => {
  const of = (...levels: string[]) => Object.values(clientAndGroup(levels));
  assert.deepEqual(of("1@A", "g"), ["1@A", "g"]);
  assert.deepEqual(of("g", "1@A"), ["1@A", "g"]);
  assert.deepEqual(of("1@A/x".split("/")[0], "x", "g"), ["1@A/x", "g"]);
  assert.deepEqual(of("g", "x", "1@A"), ["x/1@A", "g"]);
  assert.deepEqual(of("a", "b"), ["a", "b"]);
  assert.deepEqual([of("1@A"), of("g"), of()], [["1@A", null], [null, "g"], [null, null]]);
});

test("a directory that cannot be looked into is a row, and the exit code is 1", async (t) => {
  await using w = await Workspace.make();
  await w.write("g/10.0.0.1@A/offset.json", T);
  await symlink("loop", w.path("loop"));
  const looped = await listJson(w.root);
  assert.deepEqual([looped.code, looped.unreadable.length], [1, 1]);
  assert.match(looped.unreadable[0].reason, /symbolic links/);
  const text = await run(["list", w.root]);
  assert.match(
    text.out,
    /unreadable: its sym.*… .*loop\n1 store, 1 queue, 1 unreadable directory\n$/,
  );
  if (process.platform !== "linux") return t.diagnostic("names are UTF-16 or UTF-8 here");
  const name = Buffer.concat([Buffer.from(w.path("x")), Buffer.from([0xff])]);
  await promisify(execFile)("bash", ["-c", `mkdir $'${w.path("x")}\\xff'`]);
  const unnameable = await listJson(w.root);
  assert.deepEqual([unnameable.code, unnameable.unreadable.length], [1, 2], name.toString("hex"));
  assert.match(unnameable.unreadable[0].reason, /not UTF-8/);
});

test("list orders naturally, sorts, filters and sums up", async () => {
  await using w = await Workspace.make();
  const two = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 10n]);
  await age(await w.write("g/10.0.0.10@A/offset.json", T), 1);
  await age(await w.write("g/10.0.0.2@A/offset.json", two), 10);
  await age(await w.write("g/10.0.0.3@A/offset.json", "torn"), 30);
  const clients = async (...args: string[]) =>
    (await listJson(w.root, ...args)).stores.map(({ client }) => client);
  const [a, b, c] = ["10.0.0.2@A", "10.0.0.3@A", "10.0.0.10@A"];
  assert.deepEqual(await clients(), [a, b, c]);
  assert.deepEqual(await clients("--sort", "age"), [b, a, c]);
  assert.deepEqual(await clients("--sort", "queues"), [a, c, b]);
  assert.deepEqual(await clients("--bad"), [b]);
  assert.deepEqual(await clients("--older-than", "7d"), [a, b]);
  const { code, out } = await run(["list", w.root, "--older-than", "14d"]);
  assert.equal(code, 1);
  assert.match(out, /\n1 store of 3, 0 queues, 1 bad\n$/);
  assert.equal((await run(["list", w.root, "--older-than", "100d"])).code, 0);
  assert.match((await run(["list", w.root, "--sort", "size"])).err, /is none of path, age, queues/);
  assert.match(
    (await run(["list", w.root, "--older-than", "7"])).err,
    /is not a number with a unit, such as 30m, 12h or 7d/,
  );
});

test("--jsonl prints one object a line, the summary last", async () => {
  await using w = await Workspace.make();
  await w.write("g/10.0.0.1@A/offset.json", T);
  await w.write("g/10.0.0.2@A/offset.json", "");
  const { code, out } = await run(["list", w.root, "--jsonl"]);
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(code, 1);
  assert.deepEqual(lines.map(({ store }) => store?.state), ["ok", "bad", undefined]);
  assert.deepEqual(lines[2].summary, { ...(await listJson(w.root)).summary });
});

test("lines fit the terminal, and nothing is cut with --wide", async () => {
  await using w = await Workspace.make();
  const folder = `${"a-group-with-a-long-name-".repeat(3)}/${"10.0.0.7@instance-".repeat(4)}`;
  const path = await w.write(`${folder}/offset.json`, "torn");
  for (const columns of [80, 100, 160]) {
    const { out } = await run(["list", w.root], { size: () => ({ columns, rows: 24 }) });
    // The folder of all paths stands above the table, whole.
    const lines = out.split("\n").filter((line) => !line.startsWith("In "));
    for (const line of lines) assert.ok(line.length <= columns, line);
    assert.ok(columns > 80 || out.includes("…"));
  }
  assert.ok((await run(["list", w.root, "--wide"])).out.includes(` ${path}\n`));
});

test("without a root the clients' own roots are listed, and one that is configured", async () => {
  await using w = await Workspace.make();
  await w.write(".rocketmq_client_go/g/10.0.0.1@A/offset.json", T);
  await w.write(".rocketmq_offsets/10.0.0.1@A/g/offsets.json", T, "java");
  await w.write("configured/10.0.0.1@A/g/offset.json", T);
  const deno = await findExecutable("deno");
  const script = fileURLToPath(new URL("../../scripts/offsets.ts", import.meta.url));
  const list = async (env: Record<string, string>) => {
    const { stdout } = await promisify(execFile)(
      deno,
      ["run", "--no-config", "--no-lock", "--allow-read", "--allow-env", script, "list", "--json"],
      { env: { PATH: process.env.PATH, DENO_DIR: w.path("deno"), HOME: w.root, ...env } },
    );
    return JSON.parse(stdout).roots;
  };
  const usual = [w.path(".rocketmq_client_go"), w.path(".rocketmq_offsets")];
  assert.deepEqual(await list({}), usual);
  const configured = w.path("configured");
  assert.deepEqual(await list({ "rocketmq.client.localOffsetStoreDir": configured }), [
    configured,
    ...usual,
  ]);
});

test("an empty backup of Go's client is no fault; one of Java's is", async () => {
  await using w = await Workspace.make();
  const go = await w.write("g/10.0.0.1@A/offset.json", T);
  await w.write("g/10.0.0.1@A/offset.json.bak", "");
  assert.equal((await run(["verify", go])).code, 0);
  assert.equal((await listJson(w.root)).code, 0);
  assert.match((await run(["list", w.root])).out, / ok {2,}\S*offset\.json\n/);
  const java = await w.write("g/10.0.0.1@A/offsets.json", T, "java");
  await w.write("g/10.0.0.1@A/offsets.json.bak", "");
  assert.equal((await run(["verify", java])).code, 1);
});

test("--orphans groups clients that differ in the process id alone, the newest first", async () => {
  await using w = await Workspace.make();
  const ids = ["10.0.0.1@100", "10.0.0.1@9", "10.0.0.1@200#77", "10.0.0.2@100", "10.0.0.1@DEFAULT"];
  for (const [i, id] of ids.entries()) {
    await age(await w.write(`g/${id}/offset.json`, T), [3, 1, 2, 1, 1][i]);
  }
  await w.write("h/10.0.0.1@100/offset.json", T);
  const { groups } = JSON.parse((await run(["list", w.root, "--orphans", "--json"])).out);
  assert.equal(groups.length, 1);
  assert.deepEqual([groups[0].host, groups[0].group], ["10.0.0.1", "g"]);
  assert.deepEqual(
    groups[0].stores.map((s: { client: string; isNewest: boolean }) => [s.client, s.isNewest]),
    [["10.0.0.1@9", true], ["10.0.0.1@200#77", false], ["10.0.0.1@100", false]],
  );
  const { out } = await run(["list", w.root, "--orphans"]);
  assert.match(
    out,
    /^In .*\/g\/\nHOST +GROUP .*\n10\.0\.0\.1 +g +10\.0\.0\.1@9 +1 +1d +newest .*\n.* orphan /,
  );
});

test("names are ordered as people do: numbers by value", () => {
  const ip = fc.tuple(fc.nat(255), fc.nat(255)).map((parts) => `10.0.${parts.join(".")}`);
  const value = (text: string) =>
    text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  check(fc.property(ip, ip, (a, b) => {
    assert.equal(Math.sign(naturalOrder(a, b)), Math.sign(value(a) - value(b)));
  }));
  check(fc.property(fc.string(), fc.string(), (a, b) => {
    assert.equal(naturalOrder(a, b) === 0, a === b);
  }));
});

test("the common folder of paths is the longest one, and ends with a slash", () => {
  assert.equal(commonFolder([]), "");
  assert.equal(commonFolder(["a/b/c"]), "a/b/");
  assert.equal(commonFolder(["a/bc/x", "a/bd/x"]), "a/");
  assert.equal(commonFolder(["a/x", "b/x"]), "");
  assert.equal(commonFolder(["C:\\a\\b", "C:\\a\\c"]), "C:\\a\\");
  const names = fc.array(fc.constantFrom("a", "ab", "b", "/"), { maxLength: 5 });
  const paths = fc.array(names.map((parts) => parts.join("")), { minLength: 1, maxLength: 4 });
  check(fc.property(paths, (paths) => {
    const folder = commonFolder(paths);
    for (const path of paths) assert.ok(path.startsWith(folder));
    assert.ok(folder === "" || folder.endsWith("/"));
    // No longer one is common to all.
    const rest = paths.map((path) => path.slice(folder.length));
    const next = rest[0].slice(0, rest[0].indexOf("/") + 1);
    assert.ok(next === "" || !rest.every((path) => path.startsWith(next)));
  }));
});

test("a shortened text fits, and keeps its ends", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "订", "\u{1f600}") });
  check(fc.property(text, fc.integer({ min: 3, max: 40 }), (text, most) => {
    for (const where of ["middle", "end"] as const) {
      const short = shorten(text, most, where);
      assert.ok(cellsOf(short) <= most);
      assert.equal(short === text, cellsOf(text) <= most);
      const [begin, end] = short === text ? [text, ""] : short.split("…");
      assert.ok(text.startsWith(begin) && text.endsWith(end));
    }
  }));
});

test("a table that may be shortened fits, whatever is in it", () => {
  const cell = fc.string({ maxLength: 60 });
  check(fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
    const columns = [
      { title: "A", shortens: "middle", least: 5 },
      { title: "B", shortens: "end", least: 5 },
    ] as const;
    for (const line of formatTable(columns, rows, undefined, 40).split("\n")) {
      assert.ok(cellsOf(line) <= 40, line);
    }
  }));
});

test("inParallel keeps the order, and makes no more calls at a time than it may", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.nat(3)),
    fc.integer({ min: 1, max: 5 }),
    async (items, most) => {
      let [running, widest] = [0, 0];
      const done = await inParallel(items, most, async (turns) => {
        widest = Math.max(widest, ++running);
        for (let i = 0; i < turns; i++) await Promise.resolve();
        running--;
        return turns;
      });
      assert.deepEqual(done, items);
      assert.ok(widest <= most);
    },
  );
  await check(property);
});

test("with room for few open files no healthy store is called bad", async (t) => {
  if (process.platform === "win32") return t.diagnostic("there is no ulimit");
  await using w = await Workspace.make();
  for (let i = 0; i < 300; i++) await w.write(`g/10.0.0.${i}@A/offset.json`, T);
  const deno = await findExecutable("deno");
  const script = fileURLToPath(new URL("../../scripts/offsets.ts", import.meta.url));
  const flags = "run --no-config --no-lock --allow-read --allow-env";
  const line = `ulimit -n 96; exec "$RUNTIME" ${flags} "$SCRIPT" list --json "$ROOT"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", line], {
    env: { ...process.env, RUNTIME: deno, SCRIPT: script, ROOT: w.root, DENO_DIR: w.path("deno") },
    maxBuffer: 1e8,
  });
  const { summary } = JSON.parse(stdout);
  assert.deepEqual([summary.stores, summary.bad, summary.unexamined], [300, 0, 0]);
});

test("a directory without rights is a row of its own", async (t) => {
  if (process.getuid?.() === 0) return t.diagnostic("root may read everything");
  await using w = await Workspace.make();
  await w.write("g/10.0.0.1@A/offset.json", T);
  await mkdir(w.path("locked"), { mode: 0 });
  const { code, unreadable } = await listJson(w.root);
  assert.deepEqual([code, unreadable.map(({ reason }) => reason)], [1, ["permission denied"]]);
  await chmod(w.path("locked"), 0o700);
});
