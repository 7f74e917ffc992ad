import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Client, CLIENTS } from "../../scripts/interop/clients.ts";
import { checkFiles, type FileCheck } from "../../scripts/interop/file_checks.ts";
import { disagrees, fileTable, matrix, type Outcome } from "../../scripts/interop/matrix.ts";
import { build } from "../../scripts/interop/build.ts";
import { sampleTables } from "../../scripts/interop/tables.ts";
import { main } from "../../scripts/interop.ts";
import { currentRuntime, runtimeCommand } from "../../scripts/lib/runtimes.ts";
import { NO_OFFSET, type OffsetTable } from "../../mod.ts";
import { silent } from "./offsets_run.ts";

const go = CLIENTS.find(({ id }) => id === "go-2.1.2")!;
const newJava = CLIENTS.find(({ id }) => id === "java-5.5.0")!;

const driver = (lie: string): string[] => [
  ...runtimeCommand(currentRuntime()),
  ...(currentRuntime() === "deno" ? ["run", "-A"] : []),
  fileURLToPath(new URL("./interop_driver.ts", import.meta.url)),
  lie,
];

/** The faults of a client, of three tables. */
async function wrong(lie: string): Promise<Record<string, string>> {
  const tables = sampleTables(3, 1);
  let told = 0;
  const checks = await checkFiles(go, driver(lie), tables, () => told++);
  assert.equal(told, tables.length);
  for (const { of } of checks) assert.equal(of, tables.length);
  const lies = checks.filter(({ agreed, of }) => agreed < of);
  return Object.fromEntries(lies.map(({ id, fault }) => [id, fault!]));
}

const JAVA = ["reads java", "reads java with checksum"];

test("interop: a client like Go's is right in all but the form that it does not read", async () => {
  assert.deepEqual(Object.keys(await wrong("nothing")), JAVA);
});

test("interop: a queue that the client does not write is missed, by name", async () => {
  const faults = await wrong("loses");
  assert.deepEqual(Object.keys(faults), ["we read", "bytes", ...JAVA]);
  assert.match(faults["we read"], /^51 of 52 queues, and not \{"topic":/);
});

test("interop: a byte too much is seen, though we read the file", async () => {
  assert.deepEqual(Object.keys(await wrong("spaces")), ["bytes", ...JAVA]);
});

test("interop: an offset that the client rounds is seen", async () => {
  const faults = await wrong("rounds");
  assert.deepEqual(Object.keys(faults), ["reads go", "reads go with checksum", ...JAVA]);
  assert.match(faults["reads go"], /is -?\d+ instead of -?\d+$/);
});

test("interop: a driver that dies is an error that says so", async () => {
  await assert.rejects(checkFiles(go, driver("dies"), sampleTables(1, 1), () => {}), {
    message: /^the driver ended with code 7/,
  });
});

test("interop: only what a client is expected to read counts", () => {
  const check = (id: FileCheck["id"], agreed: number): FileCheck => ({ id, agreed, of: 2 });
  for (
    const [client, id, agreed, expected] of [
      [go, "we read", 1, true],
      [go, "we read", 2, false],
      [go, "bytes", 0, true],
      [go, "reads go with checksum", 1, true],
      [go, "reads java", 0, false],
      [newJava, "reads go", 0, false],
      [newJava, "reads java", 1, true],
    ] as const
  ) {
    assert.equal(disagrees(check(id, agreed), client), expected, `${client.id} ${id} ${agreed}`);
  }
});

test("interop: a missing toolchain is named", async () => {
  const env = { ...process.env, PATH: "/nonexistent" };
  assert.deepEqual(await build(newJava, "out", env), {
    client: newJava,
    ok: false,
    skipped: true,
    why: "javac and mvn are not installed",
  });
  assert.match((await build(go, "out", env) as { why: string }).why, /^go is not installed$/);
});

const OUTCOMES: readonly Outcome[] = [
  {
    id: "offsetstore",
    state: "checked",
    report: {
      client: { name: "o", version: "1" },
      results: [{ id: "U1", state: "holds" }, { id: "U7", state: "holds" }],
    },
  },
  {
    id: "go-2.1.2",
    state: "checked",
    files: [{ id: "we read", agreed: 3, of: 3 }, { id: "bytes", agreed: 2, of: 3, fault: "x" }],
    report: { client: { name: "g", version: "2" }, results: [{ id: "U1", state: "fails" }] },
  },
  { id: "rust-0.9.0", state: "skipped", why: "cargo is not installed" },
];

test("interop: the tables have a column for each client, and a clause that was not held is not shown", () => {
  assert.deepEqual(
    matrix(OUTCOMES, silent),
    "CLAUSE  offsetstore  go-2.1.2\n" +
      "U1      holds        FAILS\n" +
      "U7      holds        not shown\n",
  );
  assert.deepEqual(
    fileTable(OUTCOMES, CLIENTS, silent),
    "CLIENT    WE READ  BYTES\n" +
      "go-2.1.2  all 3    2 of 3\n",
  );
  assert.equal(matrix([OUTCOMES[2]], silent), "");
});

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const io = { ...silent, out: (text: string) => out += text, err: (text: string) => err += text };
  return { code: await main(argv, io), out, err };
}

test("interop: --help names every client, and wrong usage ends with code 2", async () => {
  const help = await run("--help");
  assert.equal(help.code, 0);
  for (const { id } of CLIENTS) assert.ok(help.out.includes(id), id);
  for (
    const [argv, said] of [
      [["nonsense"], '"nonsense" is no part'],
      [["--clients", "go-1"], '--clients "go-1" is none of go-2.0.0'],
      [["--tables", "0"], '--tables "0" is not a whole number from 1 to 999999999'],
      [["--runs", "x"], '--runs "x" is not a whole number from 1 to 999999999'],
      [["--bogus"], "--bogus"],
    ] as const
  ) {
    const { code, out, err } = await run(...argv);
    assert.deepEqual([code, out], [2, ""]);
    assert.ok(err.includes(said) && err.includes("See interop --help."), err);
  }
});

test("interop: the tables are the same for the same seed, and none reads as if it were empty", () => {
  const texts = (seed: number) => sampleTables(20, seed).map((table) => [...table]);
  assert.deepEqual(texts(5), texts(5));
  assert.notDeepEqual(texts(5), texts(6));
  assert.ok(sampleTables(200, 5).every((table) => table.size > 0));
  const isTelling = (table: OffsetTable) => [...table].some(([, offset]) => offset !== NO_OFFSET);
  assert.ok(sampleTables(600, 11).every(isTelling));
  assert.equal(sampleTables(1, 5).length, 1);
});

test("interop: every client builds its own program", () => {
  const of = (pick: (client: Client) => unknown) => new Set(CLIENTS.map(pick)).size;
  assert.equal(of(({ id }) => id), CLIENTS.length);
  assert.equal(of((client) => client.command("out").join(" ")), CLIENTS.length);
});
