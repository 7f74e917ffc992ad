/** All commands that change files show what they do, ask, and obey --yes and --dry-run. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore, serialize } from "../../mod.ts";
import { run, table, Workspace } from "../scripts/offsets_run.ts";
import { patience, rest, terminal } from "./harness.ts";

const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 20n]);
const OTHER = table(["orders", "broker-a", 0, 15n]);
const EDITED = serialize(T, { checksum: true }).replace(":20}", ":29}");
const CSV = "topic,brokerName,queueId,offset\norders,broker-a,0,12\n";

/** A store with a journal, as a killed consumer leaves it. */
async function killed(w: Workspace): Promise<void> {
  const store = await LocalFileOffsetStore.open({
    ...{ clientId: "", group: "", root: w.path("killed"), journal: true },
  });
  for (const offset of [1, 2]) {
    store.update({ topic: "t", brokerName: "b", queueId: 0 }, offset, true);
    await store.persist();
  }
}

/** Each command, and the file that it is to change. */
const WRITERS: readonly (readonly [file: string, ...args: string[]])[] = [
  [
    "main/offset.json",
    "set",
    "FILE",
    "--topic",
    "orders",
    "--broker",
    "broker-a",
    "--queue",
    "0",
    "11",
  ],
  ["main/offset.json", "reset", "FILE", "--to-offset", "30"],
  ["main/offset.json", "delete", "FILE", "--topic", "orders"],
  ["main/offset.json", "import", "FILE", "--csv", "--from", "CSV"],
  ["main/offset.json", "merge", "FILE", "OTHER", "--out", "FILE", "--force"],
  ["main/offset.json", "convert", "OTHER", "--to", "java", "--out", "FILE", "--force"],
  ["new/offset.json", "merge", "OTHER", "--out", "FILE", "OTHER"],
  ["bad/offset.json", "rescue", "FILE"],
  ["edited/offset.json", "verify", "FILE", "--accept"],
  ["killed/offset.json", "compact", "FILE"],
];

async function prepare(): Promise<Workspace> {
  const w = await Workspace.make();
  await w.write("main/offset.json", T);
  await w.write("other.json", OTHER);
  await w.write("table.csv", CSV);
  await w.write("bad/offset.json", "torn");
  await w.write("bad/offset.json.bak", T);
  await w.write("edited/offset.json", EDITED);
  await killed(w);
  for (const name of ["main", "bad", "edited", "killed"]) await rest(w.path(`${name}/offset.json`));
  return w;
}

const argsIn = (w: Workspace, [file, ...args]: readonly string[]) => {
  const paths: Record<string, string> = { FILE: file, OTHER: "other.json", CSV: "table.csv" };
  return args.map((arg) => arg in paths ? w.path(paths[arg]) : arg);
};

const contents = async (w: Workspace) => {
  const names = (await readdir(w.root, { recursive: true })).sort();
  return await Promise.all(names.map(async (name) => [name, await w.text(name).catch(() => "")]));
};

for (const writer of WRITERS) {
  const name = writer.slice(1).join(" ");

  test(`${name}: shown, and done only if that is wanted`, async () => {
    await using w = await prepare();
    const args = argsIn(w, writer);
    const before = await contents(w);
    const dry = await run([...args, "--dry-run"]);
    assert.deepEqual([dry.code, dry.err], [0, ""], "--dry-run");
    assert.notEqual(dry.out, "");

    const none = await run(args);
    assert.equal(none.code, 2, "no terminal");
    assert.equal(none.out, dry.out);
    assert.match(none.err, /^This was a dry run: .*--yes/);

    const json = await run([...args, "--json"], terminal("y"));
    assert.deepEqual([json.code, JSON.parse(json.out).applied], [2, false], "--json never asks");
    assert.deepEqual(await contents(w), before);
    for (const answer of ["", "n", "no", "yikes", undefined]) {
      const io = terminal(answer);
      const declined = await run(args, io);
      assert.equal(declined.code, 1, `answer ${answer}`);
      assert.equal(declined.out, `${dry.out}Nothing is changed.\n`);
      assert.match(io.asked.join(), /^[A-Z]\w+ ".*"\? \[y\/N\] $/);
      assert.deepEqual(await contents(w), before);
    }
    const both = await run([...args, "--yes", "--dry-run"]);
    assert.deepEqual([both.code, /contradict/.test(both.err)], [2, true]);
  });

  for (
    const [how, more, io] of [["a question", [], terminal(" Yes ")], [
      "--yes",
      ["--yes"],
      {},
    ]] as const
  ) {
    test(`${name}: done after ${how}`, async () => {
      await using w = await prepare();
      const before = await w.text(writer[0]).catch(() => undefined);
      const { code, err } = await run([...argsIn(w, writer), ...more], io);
      assert.deepEqual([code, err], [0, ""]);
      assert.notEqual(await w.text(writer[0]), before);
    });
  }
}

test("a plan longer than a screen is shown in part before a question, and whole by --dry-run", async () => {
  await using w = await Workspace.make();
  const long = Array.from({ length: 100 }, (_, i) => ["t", "b", i, 1n] as const);
  const path = await w.write("offset.json", table(...long));
  await rest(path);
  const args = ["reset", path, "--to-offset", "2"];
  assert.equal((await run([...args, "--dry-run"])).out.split("\n").length, 102);
  const { out } = await run(args, terminal("n"));
  assert.match(out, /\n… and 60 more; --dry-run shows all\nNothing is changed\.\n$/);
  const { changes } = JSON.parse((await run([...args, "--json"])).out);
  assert.equal(changes.length, 100);
});

test("a dry run tells what would be refused", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const args = ["reset", path, "--to-offset", "15"];
  const { out } = await run([...args, "--dry-run"]);
  assert.match(
    out,
    /\nNote: it would be refused: Cannot lower offsets in .* is at 20, above 15\n {2}.*--force\.\n$/,
  );
  const { refusal } = JSON.parse((await run([...args, "--json"])).out);
  assert.match(refusal, /^Cannot lower offsets/);
  assert.equal(JSON.parse((await run([...args, "--json", "--force"])).out).refusal, null);
});

const SET = ["--topic", "orders", "--broker", "broker-a", "--queue", "0", "11", "--yes"];

test("a consumer that persists within six seconds is noticed, by main, journal or lock", async () => {
  for (
    const [name, at, sign] of [
      ["offset.json", 5000, /its main file has just changed/],
      ["offset.json.journal", 5000, /its journal has just changed/],
      ["offset.json.lock", 1000, /its lock/],
    ] as const
  ) {
    await using w = await Workspace.make();
    const path = await w.write("offset.json", T);
    const io = patience(async (ms) => {
      if (ms === at) await w.write(name, serialize(OTHER) + " ".repeat(ms / 1000));
    });
    const { code, err } = await run(["set", path, ...SET], io);
    assert.equal(code, 3, name);
    assert.match(err, /^Watching ".*offset\.json" for 6 s.*--no-wait/);
    assert.match(err, sign);
    assert.match(err, /--while-running/);
    assert.deepEqual((await readdir(w.root)).filter((each) => each.includes("undo")), []);
  }
});

test("a lock that was there and grows is a consumer's; one that does not grow is a dead one's", async () => {
  for (const [grows, code] of [[true, 3], [false, 0]] as const) {
    await using w = await Workspace.make();
    const path = await w.write("offset.json", T);
    await w.write("offset.json.lock", "exclusive 1\n");
    const io = patience(async (ms) => {
      if (grows && ms === 1000) await w.write("offset.json.lock", "exclusive 1\n.");
    });
    assert.equal((await run(["set", path, ...SET], io)).code, code);
  }
});

test("a journal that is young is watched, though main is old", async () => {
  await using w = await prepare();
  const path = w.path("killed/offset.json");
  await w.write("killed/offset.json.journal", await w.text("killed/offset.json.journal"));
  let looks = 0;
  const io = patience(() => void looks++);
  assert.equal((await run(["compact", path, "--yes"], io)).code, 0);
  assert.ok(looks > 0);
});

test("a stopped consumer's file is changed after six seconds, or at once if it is old or with an option", async () => {
  for (
    const [options, old, expected] of [
      [[], false, 6000],
      [["--no-wait"], false, 0],
      [["--while-running"], false, 0],
      [[], true, 0],
    ] as const
  ) {
    await using w = await Workspace.make();
    const path = await w.write("offset.json", T);
    if (old) await rest(path);
    let waited = 0;
    const io = patience((ms) => void (waited = ms));
    const { code } = await run(["set", path, ...SET, ...options], io);
    assert.deepEqual([code, waited], [0, expected]);
  }
});
