import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import { PROFILE_NAMES } from "../../scripts/conformance/profiles.ts";
import { STATES } from "../../scripts/conformance/report.ts";

const TESTS = new URL("../", import.meta.url);
const SPECIFICATION = await readFile(new URL("../docs/specification.md", TESTS), "utf8");
const PROTOCOL = await readFile(new URL("conformance/PROTOCOL.md", TESTS), "utf8");

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
  const named = new Set(matches(PROTOCOL, /^\| `([^`]+)`/gm));
  for (const name of [...PROFILE_NAMES, ...STATES]) assert.ok(named.has(name), name);
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
  assert.deepEqual(matches(PROTOCOL, /^\| `\{"op":"(\w+)"/gm), operations);
});

test("the example driver has fewer than 60 lines and all operations", async () => {
  const driver = await readFile(new URL("conformance/driver.ts", TESTS), "utf8");
  assert.ok(driver.trimEnd().split("\n").length < 60);
});
