import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { OffsetTable, parse, serialize } from "../../mod.ts";
import { table as arbTable } from "../../scripts/lib/arbitraries.ts";
import { findExecutable } from "../../scripts/lib/runtimes.ts";
import { type Entry, TableStream } from "../../scripts/offsets/reading/table_stream.ts";
import { filterOf } from "../../scripts/offsets/changing/select_queues.ts";
import { readArgs } from "../../scripts/offsets/command_line/args.ts";
import { reportError } from "../../scripts/offsets/command_line/report_error.ts";
import { show } from "../../scripts/offsets/commands/show.ts";
import { showLongFile } from "../../scripts/offsets/commands/show_long_file.ts";
import { check } from "../support/check.ts";
import { type Run, run, silent, Workspace } from "./offsets_run.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/offsets.ts", import.meta.url));

/** A table of some pieces. */
const TABLE = OffsetTable.from(
  Array.from({ length: 4000 }, (_, i) => [{
    topic: `orders-${Math.floor(i / 64)}`,
    brokerName: `broker-${i % 8}`,
    queueId: Math.floor(i / 8) % 8,
  }, BigInt(i) * 1_000_003n]),
);
const TEXT = serialize(TABLE, { checksum: true, generation: 7 });

/** A file of more than 8 MB, as Go's client writes it. */
function longText(): string {
  const entry = (i: number) =>
    String.raw`"{\"topic\":\"orders-${i + 1e6}\",\"brokerName\":\"b\",\"queueId\":0}":${i}`;
  return `{"offsetTable":{${Array.from({ length: 130_000 }, (_, i) => entry(i)).join(",")}}}`;
}

/** Shows a file as a long one, however long it is. */
async function showAsLong(path: string, ...argv: string[]): Promise<Run> {
  const args = readArgs(show, [path, ...argv])!;
  let [out, err] = ["", ""];
  const io = {
    ...silent,
    program: "offsets",
    author: { user: "alice", pid: 1, command: [] },
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  try {
    const code = await showLongFile(path, filterOf(args), args, io, 0);
    return { code: code ?? assert.fail("it was not shown"), out, err };
  } catch (error) {
    const code = reportError(error, args.flag("json"), io);
    return { code, out, err };
  }
}

async function stream(path: string, first = 64, next = 64) {
  const reader = new TableStream(path, { first, next });
  const entries: Entry[] = [];
  for await (const batch of reader.batches()) entries.push(...batch);
  return { entries, end: reader.end, checksum: reader.checksum };
}

test("a file that this module writes is streamed to its end, as parse reads it", async () => {
  await using w = await Workspace.make();
  const path = w.path("offset.json");
  const property = fc.asyncProperty(
    arbTable.filter(({ size }) => size > 0),
    fc.boolean(),
    fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
    fc.integer({ min: 20, max: 300 }),
    async (table, checksum, generation, bytes) => {
      const written = serialize(table, { checksum, generation });
      await writeFile(path, written);
      const { entries, ...end } = await stream(path, bytes, bytes % 61 + 40);
      assert.ok(OffsetTable.from(entries).equals(table));
      assert.equal(entries.length, table.size);
      const sum = checksum || generation !== undefined ? "right" : "none";
      assert.deepEqual(end, { end: "whole", checksum: sum });
    },
  );
  await check(property);
});

test("a file that is damaged, out of order or odd is never streamed to its end unlike parse", async () => {
  await using w = await Workspace.make();
  const path = w.path("offset.json");
  let refused = 0;
  const property = fc.asyncProperty(
    arbTable.filter(({ size }) => size > 0),
    fc.boolean(),
    fc.nat(),
    fc.oneof(
      fc.constantFrom("", ",", "}", '"', "1", "}}", '"crc32"', '{"offsetTable":{}}'),
      fc.string(),
    ),
    fc.nat(5),
    async (table, checksum, at, inserted, removed) => {
      const written = serialize(table, { checksum });
      const place = at % written.length;
      const damaged = written.slice(0, place) + inserted + written.slice(place + removed);
      await writeFile(path, damaged);
      const { entries, end } = await stream(path);
      let expected: OffsetTable | undefined;
      try {
        expected = parse(damaged);
      } catch {
        refused++;
      }
      if (end !== "whole") return;
      assert.ok(expected?.equals(OffsetTable.from(entries)), damaged);
      assert.equal(entries.length, expected?.size, "no queue comes twice");
    },
  );
  await check(property, { numRuns: 200 });
  assert.ok(refused > 50);
});

test("a queue that comes twice ends the stream", async () => {
  await using w = await Workspace.make();
  const entry = (id: number, offset: number) =>
    String.raw`"{\"topic\":\"t\",\"brokerName\":\"b\",\"queueId\":${id}}":${offset}`;
  for (const entries of [[entry(0, 1), entry(0, 2)], [entry(1, 1), entry(0, 1), entry(1, 2)]]) {
    const path = await w.write("offset.json", `{"offsetTable":{${entries.join(",")}}}`);
    assert.deepEqual((await stream(path, 4096)).end, "nothing");
    assert.deepEqual((await stream(path, entry(0, 1).length + 20)).end !== "whole", true);
  }
  // Go's client sorts keys as text.
  const path = await w.write(
    "offset.json",
    `{"offsetTable":{${[entry(1, 1), entry(10, 1), entry(2, 1)].join(",")}}}`,
  );
  assert.equal((await stream(path)).end, "whole");
});

test("a long file is shown as a short one is: text, JSON, CSV, filters, a wrong checksum", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", TEXT);
  const whole = (...args: string[]) => run(["show", path, ...args]);
  const words = ({ out }: Run) => out.replace(/ +/g, " ").split("\n").slice(0, -2);
  const streamed = await showAsLong(path);
  assert.deepEqual(words(streamed), words(await whole()));
  assert.match(streamed.out, /\n4000 queues, go's form, written \d+s ago\n$/);
  assert.equal(streamed.code, 0);
  const filter = ["--topic", "orders-3", "--broker", "broker-1"];
  for (const args of [[], filter]) {
    assert.equal(
      (await showAsLong(path, "--csv", ...args)).out,
      (await whole("--csv", ...args)).out,
    );
    const [json, expected] = [
      await showAsLong(path, "--json", ...args),
      await whole("--json", ...args),
    ];
    assert.deepEqual(JSON.parse(json.out), JSON.parse(expected.out));
  }
  const none = await showAsLong(path, "--topic", "order-3");
  assert.equal(none.code, 1);
  assert.match(none.err, /Did you mean the topic "orders-\d+"\?/);

  await w.write("offset.json", TEXT.replace(/(":1)000003,/, "$1000004,"));
  const edited = await showAsLong(path, "--json");
  assert.equal(edited.code, 1);
  assert.equal(JSON.parse(edited.out).checksum, "wrong");
  assert.match(edited.err, /edited by hand/);
});

test("a long file that is torn tells so after its rows, and its JSON is whole", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", TEXT.slice(0, -10_000));
  const torn = await showAsLong(path);
  assert.equal(torn.code, 3);
  assert.match(torn.err, /^Cannot show ".*": .*, at position 3\d+ of 3\d+\n/);
  const { code, out } = await showAsLong(path, "--json");
  const { error, offsets, checksum } = JSON.parse(out);
  assert.deepEqual([code, error.code, checksum], [3, "bad", null]);
  assert.ok(offsets.length > 500);
});

test("a file that loses its order further down names the way to all of it", async () => {
  await using w = await Workspace.make();
  const first = TEXT.slice(TEXT.indexOf('"{'), TEXT.indexOf(',"{'));
  const path = await w.write("offset.json", TEXT.replace(/\}(?=,"generation")/, `,${first}}`));
  const { code, err } = await showAsLong(path);
  assert.equal(code, 3);
  assert.match(
    err,
    /in no order from here on\n {2}Show all of it with: offsets show .* --whole\n$/,
  );
  assert.equal((await run(["show", path, "--whole"])).code, 0);
});

for (const runtime of ["deno", "node", "bun"] as const) {
  test(`${runtime}: a reader that takes a few rows ends the program at once`, async (t) => {
    if (process.platform === "win32") return t.diagnostic("there is no head");
    await using w = await Workspace.make();
    const path = await w.write("offset.json", longText());
    const flags = runtime === "deno"
      ? ["run", "--no-config", "--no-lock", "--allow-read", "--allow-env"]
      : runtime === "bun"
      ? ["run"]
      : [];
    const child = spawn(await findExecutable(runtime), [...flags, SCRIPT, "show", path], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let shown = "";
    for await (const part of child.stdout) {
      shown += part;
      if (shown.length > 1000) break;
    }
    child.stdout.destroy();
    const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
    assert.equal(code, 0);
    assert.match(shown, /^TOPIC +BROKER +QUEUE +OFFSET\norders-1000000 +b +0 +0\n/);
  });
}

test("show - reads standard input", async () => {
  await using w = await Workspace.make();
  const file = await w.write("offset.json", TEXT);
  const input = (content: string) => ({
    input: () => Promise.resolve(new TextEncoder().encode(content)),
  });
  const shown = await run(["show", "-", "--csv"], input(TEXT));
  assert.equal(shown.out, (await run(["show", file, "--csv"])).out);
  const bad = await run(["show", "-"], input("{"));
  assert.equal(bad.code, 3);
  assert.match(bad.err, /^Cannot show standard input: expected .*\n {2}Pass all of an offset file/);
  assert.match((await run(["show", "-"], input(""))).err, /it is empty/);
});

test("show - reads what is piped to the program", async () => {
  const deno = await findExecutable("deno");
  const child = execFile(deno, [
    "run",
    "--no-config",
    "--no-lock",
    "--allow-env",
    SCRIPT,
    "show",
    "-",
  ]);
  child.stdin!.end(
    '{"offsetTable":{"{\\"topic\\":\\"t\\",\\"brokerName\\":\\"b\\",\\"queueId\\":0}":42}}',
  );
  let out = "";
  child.stdout!.on("data", (part) => out += part);
  const [code] = await once(child, "close");
  assert.equal(code, 0);
  assert.match(out, /^t +b +0 +42$/m);
});
