/** What `deno task e2e` says without a broker: its help, wrong usage, what is missing, its table. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { main, runWanted } from "../../scripts/e2e.ts";
import { Checks, findingsTable } from "../../scripts/e2e/check.ts";
import { missingToolchains } from "../../scripts/e2e/prepare.ts";
import { asText, holds, type Report } from "../../scripts/e2e/report.ts";
import { listStores, offsets, showOffsets } from "../../scripts/e2e/broadcasting/operator.ts";
import { serialize } from "../../mod.ts";
import { runMain } from "../soak/run_main.ts";
import { silent, table, Workspace } from "./offsets_run.ts";

test("e2e: a check that does not hold is reported, and the next one is looked at", async () => {
  const said: string[] = [];
  const io = { ...silent, err: (text: string) => void said.push(text) };
  const checks = new Checks(io, "5.5.0");
  await checks.run("first", () => Promise.reject(new Error("two\nlines")));
  await checks.run("second", () => Promise.resolve("42"));
  assert.deepEqual(checks.findings.map(({ holds }) => holds), [false, true]);
  assert.equal(said.join(""), "5.5.0: first\n  it does not hold: two\nlines\n5.5.0: second\n");
  assert.equal(
    findingsTable(checks.findings, io),
    [
      "CHECK   RESULT  SEEN",
      "first   FAILS   see below",
      "second  holds   42",
      "",
      "first:",
      "  two",
      "  lines",
      "",
    ].join("\n"),
  );
});

test("e2e: --help fits a terminal, and wrong usage has its own exit code", async () => {
  const help = await runMain(main, ["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.out, /Usage: e2e .*Examples:\n.*Exit codes: 0 /s);
  assert.deepEqual(help.out.split("\n").filter((line) => line.length > 80), []);
  for (const argv of [["--only", "rust"], ["--versions", "5"], ["--no-such-option"], ["x"]]) {
    const { code, out } = await runMain(main, argv);
    assert.deepEqual([code, out], [2, ""], String(argv));
  }
});

test("e2e: without Java everything is skipped, and without Go or npm its part is", async () => {
  const nothing = { PATH: "/nowhere" };
  const wanted = {
    parts: ["java"],
    versions: ["5.5.0"],
    runtimes: [],
    cache: "nowhere",
    slice: true,
  } as const;
  const run = (json: boolean) =>
    runMain((_, io) => runWanted({ ...wanted, json }, nothing, io), []);
  const { code, out } = await run(false);
  assert.equal(code, 0);
  assert.match(out, /^skipped java \(a JDK\) is not installed, .*mvn \(Maven\) is not installed/);
  const { skipped, sections } = JSON.parse((await run(true)).out);
  assert.ok(skipped.length >= 3);
  assert.deepEqual(sections, []);
  const missing = missingToolchains(["ali-ons", "go", "java"], nothing);
  assert.deepEqual(Object.fromEntries(missing), {
    "ali-ons": "npm is not installed",
    go: "go is not installed",
  });
  assert.deepEqual([...missingToolchains(["java", "remote"], nothing)], []);
});

test("e2e: one check that fails makes the whole run fail", () => {
  const good = { check: "a", holds: true, seen: "1" };
  const report = (findings: Report["sections"][number]["findings"]): Report => ({
    sections: [{ part: "java", broker: "5.5.0", findings: [good] }, {
      part: "go",
      broker: "5.5.0",
      findings,
    }],
    skipped: ["ali-ons: npm is not installed"],
    seconds: 9,
  });
  assert.ok(holds(report([good])));
  const bad = report([{ check: "b", holds: false, seen: "why" }]);
  assert.ok(!holds(bad));
  const text = asText(bad, silent);
  assert.match(text, /^java, RocketMQ 5\.5\.0\nCHECK .*\na +holds +1\n/);
  assert.match(text, /\nb +FAILS .*\nskipped ali-ons: npm .*\n2 checks in 9 s, 1 fail\n$/s);
});

test("e2e: the operator's tool is run, and its failure is an error with what it said", async () => {
  await using w = await Workspace.make();
  const content = serialize(table(["t", "b", 1, 5n]), { format: "java" });
  const path = await w.write("10.0.0.1@one/audit/offsets.json", content);
  const [{ client, group, format, queues }] = await listStores(w.root);
  assert.deepEqual([client, group, format, queues], ["10.0.0.1@one", "audit", "java", 1]);
  assert.deepEqual(await showOffsets(path), new Map([[1, 5n]]));
  await assert.rejects(offsets("show", w.path("none")), /ended with 3:\nCannot show /);
});
