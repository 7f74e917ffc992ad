import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { main } from "../../scripts/conformance.ts";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import { compareResults, type Report } from "../../scripts/conformance/report.ts";
import { reportHtml } from "../../scripts/conformance/report_html.ts";
import { linkPrefix, sectionOf } from "../../scripts/conformance/specification.ts";
import { FakeFiles } from "./fake_files.ts";
import { runScript } from "./run_script.ts";

/** Runs the kit's program in this process. */
async function kit(...argv: string[]) {
  let out = "";
  let err = "";
  // Drivers start slowly while many tests run at the same time.
  const isRun = argv.includes("--") && argv[0] !== "report";
  const code = await main(isRun ? ["--start", "300", ...argv] : argv, {
    out: (text) => out += text,
    err: (text) => err += text,
    isTerminal: false,
    color: false,
    now: () => 7,
    sleep: () => Promise.resolve(false),
  });
  return { code, out, err };
}

/** JSON that is no report. */
const packageJson = fileURLToPath(new URL("../../package.json", import.meta.url));

const ONLY = ["--only", "U1,U2", "--runs", "10", "--seed", "1"];

test("exit code 0, and a line for each clause, if all that was asked for holds", async () => {
  const { code, out } = await kit(...ONLY, "--", ...runScript("driver.ts"));
  assert.equal(code, 0);
  assert.match(out, /^U1 +holds +10 passed /m);
  assert.match(out, /^U2 +holds +10 passed /m);
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
    [["--only", "U,u", "x"], /"u" is no clause/],
    [["--only", "U,", "x"], /"" is no clause/],
    [["--runs", "0", "x"], /--runs "0"/],
    [["--profile", "cobol", "x"], /"cobol" is none of reference, go/],
    [["--nonsense", "x"], /nonsense/],
    [["report"], /needs --html FILE/],
    [["report", "--html", "x.html", "/no/such.json"], /Cannot read report/],
    [["report", "--html", "x.html", packageJson], /another version of the kit made it/],
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
    [...out.matchAll(/^ {2}(\w\S*) /gm)].map(([, id]) => id),
    CLAUSES.toSorted(compareResults).map(({ id }) => id),
  );
});

test("--only takes families, clauses with all of their parts, and single parts, each once", async () => {
  const listed = async (only: string) => {
    const { out } = await kit("--list", "--only", only);
    return [...out.matchAll(/^ {2}(\w\S*) /gm)].map(([, id]) => id).sort();
  };
  const family = (letter: string) => CLAUSES.map(({ id }) => id).filter((id) => id[0] === letter);
  assert.deepEqual(await listed("U"), family("U").sort());
  assert.deepEqual(await listed("U, D,U1"), [...family("D"), ...family("U")].sort());
  assert.deepEqual(await listed("P7,L2.own"), ["L2.own", "P7", "P7.bad-main"]);
});

test("the table has the worst severity first, and fits 80 columns", async () => {
  const command = runScript("vacuous_driver.ts", "none");
  const { code, out } = await kit(
    "--only",
    "U1,S2,P1.fresh,P7,S7,R1",
    "--runs",
    "2",
    "--",
    ...command,
  );
  assert.equal(code, 1);
  const table = out.split("\n\n").slice(1, 6).join("\n").split("\n");
  const column = table.map((line) => line.split(/ {2}|:/)[0]).filter((each) => each !== "");
  assert.deepEqual(column, [
    ...["CLAUSE", "DATA LOSS", "P1.fresh", "P7", "P7.bad-main", "SILENT RESET", "S7"],
    ...["WRONG ANSWER", "U1", "R1.memory", "R1.memory-then-store", "R1.negative", "R1.store"],
    ...["COSMETIC", "S2"],
  ]);
  assert.match(out, /^S2 +vacuous +2 passed +/m);
  assert.match(out, /S2 vacuous: open\(root, "client", "group"\)/);
  assert.match(out, /^See: docs\/specification\.md#update-u$/m);
  for (const line of table) assert.ok(line.length <= 80, line);
  for (const line of (await kit("--list")).out.split("\n")) assert.ok(line.length <= 80, line);
});

test("every clause leads to a section of the specification", async () => {
  const root = new URL("../../", import.meta.url);
  for (const { id } of CLAUSES) {
    const [page, anchor] = sectionOf(id).split("#");
    const text = await readFile(new URL(page, root), "utf8");
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) =>
      heading.toLowerCase().replace(/[^\w ]/g, "").replaceAll(" ", "-")
    );
    assert.ok(headings.includes(anchor), id);
    assert.match(text, new RegExp(`\\*\\*${id.split(".")[0]}\\*\\*`));
  }
  const project = pathToFileURL(join(tmpdir(), "pro ject") + "/");
  assert.equal(linkPrefix(join(tmpdir(), "out", "page.html"), project), "../pro%20ject/");
  assert.equal(
    linkPrefix("page.html", new URL("https://example.org/a/")),
    "https://example.org/a/",
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
    severity: "data loss",
    specification: "docs/specification.md#text-s",
    state,
    passed: 3,
    ...(state === "fails"
      ? { story: ["update(</pre><script>\u0000)"], expected: "x", happened: "y" }
      : {}),
  }],
});

test("the page has a column for each client, a story behind each fault, and nothing from outside", () => {
  const page = reportHtml([report("one", "holds"), report("two", "fails")]);
  assert.match(page, /<th scope="col">one<small>&lt;1&gt;<\/small><\/th><th scope="col">two/);
  assert.match(
    page,
    /<td class="holds" data-client="one" title="holds"><span>✓<\/span> <small>3 passed<\/small>/,
  );
  const [, anchor] = /<td class="fails"[^>]*><a href="#([^"]+)">/.exec(page)!;
  assert.ok(page.includes(`id="${anchor}"`));
  assert.ok(page.includes("update(&lt;/pre&gt;&lt;script&gt;\\u{0})"));
  assert.ok(page.includes("a &amp; b"));
  assert.ok(page.includes('<a href="docs/specification.md#text-s">S1</a>'));
  assert.ok(reportHtml([report("one", "holds")], "../x/").includes('<a href="../x/docs/'));
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
