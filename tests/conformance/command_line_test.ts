import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { main } from "../../scripts/conformance.ts";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import type { Report } from "../../scripts/conformance/report.ts";
import { reportHtml } from "../../scripts/conformance/report_html.ts";
import { FakeFiles } from "./fake_files.ts";
import { runScript } from "./run_script.ts";

/** Runs the kit's program in this process. */
async function kit(...argv: string[]) {
  let out = "";
  let err = "";
  const code = await main(argv, {
    out: (text) => out += text,
    err: (text) => err += text,
    isTerminal: false,
    color: false,
    now: () => 7,
    sleep: () => Promise.resolve(false),
  });
  return { code, out, err };
}

const ONLY = ["--only", "U1,U2", "--runs", "10", "--seed", "1"];

test("exit code 0, and a line for each clause, if all that was asked for holds", async () => {
  const { code, out } = await kit(...ONLY, "--", ...runScript("driver.ts"));
  assert.equal(code, 0);
  assert.match(out, /^U1 +holds +10 /m);
  assert.match(out, /^U2 +holds +10 /m);
  assert.match(out, /2 hold, 0 fail, in .* with seed 1\n$/);
});

test("exit code 1, and the story, if a clause fails; 0 if the profile does not promise it", async () => {
  using files = await FakeFiles.make();
  const command = runScript("broken_driver.ts", "D1", files.directory);
  const failed = await kit("--only", "D1.durable,D1", "--runs", "5", "--", ...command);
  assert.equal(failed.code, 1);
  assert.match(failed.out, /^D1 +fails /m);
  assert.match(failed.out, /^ +3\. remove\(a\/b\/0\)\n\nExpected: .*\nHappened: /m);
  const differs = await kit("--only", "D1", "--runs", "5", "--profile", "go", "--", ...command);
  assert.equal(differs.code, 0);
  assert.match(differs.out, /^D1 +differs /m);
  assert.match(differs.out, /^D1 differs: remove does nothing$/m);
});

test("the same seed finds the same story", async () => {
  using files = await FakeFiles.make();
  const stories = [];
  for (let i = 0; i < 2; i++) {
    const { out } = await kit(
      "--json",
      ...ONLY,
      "--",
      ...runScript("broken_driver.ts", "U2", files.directory),
    );
    stories.push((JSON.parse(out) as Report).results);
  }
  assert.deepEqual(stories[0], stories[1]);
});

test("exit code 2 and a reason for what is no command line", async () => {
  const wrong: [string[], RegExp][] = [
    [[], /the command is missing/],
    [["--only", "Z9", "x"], /"Z9" is no clause/],
    [["--runs", "0", "x"], /--runs "0"/],
    [["--profile", "cobol", "x"], /"cobol" is none of reference, go/],
    [["--nonsense", "x"], /nonsense/],
    [["report"], /needs --html FILE/],
    [["report", "--html", "x.html", "/no/such.json"], /Cannot read report/],
  ];
  for (const [argv, reason] of wrong) {
    const { code, err } = await kit(...argv);
    assert.equal(code, 2, argv.join(" "));
    assert.match(err, reason);
  }
});

test("exit code 3 if the driver cannot be used", async () => {
  const { code, err } = await kit("--only", "U1", "--", ...runScript("no_such_driver.ts"));
  assert.equal(code, 3);
  assert.match(err, /Cannot run the kit: the driver ended with code/);
});

test("a driver that dies is named with its standard error", async () => {
  const { code, err } = await kit("--", ...runScript("hostile_driver.ts", "dies at start"));
  assert.equal(code, 3);
  assert.match(err, /ended with code 7; its standard error:\nthe reason is here\n/);
});

test("--help and --list", async () => {
  assert.match((await kit("--help")).out, /^Usage: conformance/m);
  const { out } = await kit("--list");
  assert.deepEqual(
    out.trimEnd().split("\n").slice(1).map((line) => line.split(" ")[0]),
    CLAUSES.map(({ id }) => id),
  );
});

/** A report with one clause, whose story has what must not reach the page as it is. */
const report = (name: string, state: "holds" | "fails"): Report => ({
  client: { name, version: "<1>", profile: "reference", format: "go" },
  seed: 1,
  runs: 1,
  seconds: 0,
  results: [{
    id: "S1",
    text: "a & b",
    state,
    cases: 3,
    ...(state === "fails"
      ? { story: ["update(</pre><script>\u0000)"], expected: "x", happened: "y" }
      : {}),
  }],
});

test("the page has a column for each client, a story behind each fault, and nothing from outside", () => {
  const page = reportHtml([report("one", "holds"), report("two", "fails")]);
  assert.match(page, /<th scope="col">one<small>&lt;1&gt;<\/small><\/th><th scope="col">two/);
  assert.match(page, /<td class="holds" title="holds"><span>✓<\/span><small>3<\/small><\/td>/);
  const [, anchor] = /<td class="fails"[^>]*><a href="#([^"]+)">/.exec(page)!;
  assert.ok(page.includes(`id="${anchor}"`));
  assert.ok(page.includes("update(&lt;/pre&gt;&lt;script&gt;\\u{0})"));
  assert.ok(page.includes("a &amp; b"));
  assert.doesNotMatch(page, /<script|https?:|src=|url\(|@import/);
});

test("conformance report makes one page of several reports", async () => {
  const folder = await mkdtemp(join(tmpdir(), "conformance-report-"));
  try {
    const files = ["one", "two"].map((name) => join(folder, `${name}.json`));
    for (const file of files) await writeFile(file, JSON.stringify(report(file, "holds")));
    const page = join(folder, "page.html");
    const { code } = await kit("report", "--html", page, ...files);
    assert.equal(code, 0);
    const text = await readFile(page, "utf8");
    for (const file of files) assert.ok(text.includes(file));
  } finally {
    await rm(folder, { recursive: true });
  }
});
