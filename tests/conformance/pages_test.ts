import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { main } from "../../scripts/conformance.ts";
import { ERROR_KINDS } from "../../scripts/conformance/check_answer.ts";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import { PROFILE_NAMES } from "../../scripts/conformance/profiles.ts";
import { STATES } from "../../scripts/conformance/report.ts";

const TESTS = new URL("../", import.meta.url);
const SPECIFICATION = await readFile(new URL("../docs/specification.md", TESTS), "utf8");
const PAGE = await readFile(new URL("../docs/conformance.md", TESTS), "utf8");

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1]);

const LISTED = matches(SPECIFICATION, /^- \*\*([A-Z]\d+)\*\* /gm);

/** The clauses that the names of tests begin with; F and two digits are the faults of FAULTS.md. */
async function borne(): Promise<Set<string>> {
  const clauses = new Set(CLAUSES.map(({ id }) => id.split(".")[0]));
  for (const name of await readdir(TESTS, { recursive: true })) {
    if (!name.endsWith("_test.ts")) continue;
    const text = await readFile(new URL(name.replaceAll("\\", "/"), TESTS), "utf8");
    for (const names of matches(text, /\b(?:test|declare)\(\s*["'`]((?:[A-Z]\d+ )+)/g)) {
      for (const clause of names.trim().split(" ")) clauses.add(clause);
    }
  }
  return new Set([...clauses].filter((clause) => !/^F\d\d$/.test(clause)));
}

test("the list of clauses names those that the tests bear, and no others", async () => {
  assert.equal(new Set(LISTED).size, LISTED.length, "a clause is listed twice");
  assert.deepEqual([...await borne()].sort(), [...LISTED].sort());
});

test("the list of clauses is in the order of the letters, and then of the numbers", () => {
  const letters = LISTED.map((clause) =>
    "URDSLPJCOG".indexOf(clause[0]) * 100 + Number(clause.slice(1))
  );
  assert.deepEqual(letters, letters.toSorted((a, b) => a - b));
});

test("the page of the protocol has every profile, every state and every operation", () => {
  const named = new Set(matches(PAGE, /^\| `([^`]+)`/gm));
  for (const name of [...PROFILE_NAMES, ...STATES, ...ERROR_KINDS]) {
    assert.ok(named.has(name), name);
  }
  const operations = [
    "hello",
    "open",
    "update",
    "freeze",
    "read",
    "persist",
    "remove",
    "offsets",
    "close",
  ];
  assert.deepEqual(matches(PAGE, /^\| `\{"op":"(\w+)"/gm), operations);
});

test("the example driver has fewer than 60 lines and all operations", async () => {
  const driver = await readFile(new URL("conformance/driver.ts", TESTS), "utf8");
  assert.ok(driver.trimEnd().split("\n").length < 60);
});

/** Runs the kit's program in this process. */
async function kit(...argv: string[]): Promise<string> {
  let out = "";
  await main(argv, {
    out: (text) => out += text,
    err: (text) => out += text,
    isTerminal: false,
    color: false,
    now: () => 7,
    sleep: () => Promise.resolve(false),
  });
  return out;
}

const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, text]) =>
    text
  );

test("the page lists the clauses by severity", async () => {
  assert.equal(await kit("--list"), blocks("text")[1]);
});

test("the driver of the page runs, and the report of the page is what the kit prints", {
  skip: spawnSync("python3", ["--version"]).status !== 0 && "python3 is not installed",
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "conformance-page-"));
  try {
    const file = join(folder, "driver.py");
    await writeFile(file, blocks("python")[0]);
    const [, options] = /^deno task conformance (.*) -- python3 driver\.py$/m.exec(PAGE)!;
    const seconds = (text: string) => text.replace(/in \S+ s with/, "in 1 s with");
    const printed = await kit("--start", "300", ...options.split(" "), "--", "python3", file);
    assert.equal(seconds(printed), seconds(blocks("text")[0]));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the command lines of the pages have options that the kit knows", async () => {
  const readme = new URL("../examples/conformance/README.md", TESTS);
  const lines = matches(PAGE + await readFile(readme, "utf8"), /^deno task conformance (.*)$/gm);
  assert.ok(lines.length >= 4, lines.join());
  for (const line of lines) {
    const [options] = line.split(/-- |> /);
    // Without a driver, a command line with good options says that the command is missing.
    const said = await kit(...options.trim().split(" ").filter((word) => word !== ""));
    assert.match(said, /the command is missing|Cannot read report "ours.json"/, line);
  }
});
