/** docs/persist-protocol.md against the calls of the real store. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SNAPSHOT_STEPS } from "../../src/file/commit/replace_snapshot.ts";
import { read } from "../architecture/sources.ts";
import { SITUATIONS } from "./situations.ts";

const PAGE = read("docs/persist-protocol.md");

/** The lists of the page by their headings. */
const LISTS = new Map(
  [...PAGE.matchAll(/^### (.*)\n[^]*?^```text\n([^]*?)^```$/gm)]
    .map(([, title, list]) => [title, linesOf(list)] as const),
);

/** Without what each line says about its call. */
function linesOf(list: string): string[] {
  return list.trimEnd().split("\n").map((line) => line.replace(/ {2,}(?!as above$).*/, ""));
}

/** Replaces `# a … # b  as above` by the lines of these steps in the first list. */
function expanded(lines: readonly string[]): string[] {
  const [first] = LISTS.values();
  return lines.flatMap((line) => {
    const [, from, to] = /^(# .*) … (# .*) {2}as above$/.exec(line) ?? [];
    if (from === undefined) return [line];
    const [start, last] = [first.indexOf(from), first.indexOf(to)];
    assert.ok(start !== -1 && last > start, `the first list has no such steps: ${line}`);
    const next = first.findIndex((each, i) => i > last && each.startsWith("#"));
    return first.slice(start, next === -1 ? undefined : next);
  });
}

test("P2 the page has a list for each situation, and no others", () => {
  assert.deepEqual([...LISTS.keys()].sort(), Object.keys(SITUATIONS).sort());
});

for (const [title, callsOf] of Object.entries(SITUATIONS)) {
  test(`P2 the page lists the calls: ${title}`, async () => {
    const calls = await callsOf();
    assert.ok(calls.length > 3, "the store made no calls");
    assert.deepEqual(calls, expanded(LISTS.get(title) ?? []));
  });
}

test("P2 the page explains each step of the protocol, in the order of the steps", () => {
  const [, section] = /^## The steps of a snapshot$([^]*?)^## /m.exec(PAGE)!;
  const named = [...section.matchAll(/^\d+\. \*\*([^*]+?)\.?\*\*/gm)].map(([, name]) => name);
  assert.deepEqual(named, SNAPSHOT_STEPS.map(({ name }) => name));
});

test("P2 each step of the protocol makes a call in one of the situations", () => {
  const made = new Set([...LISTS.values()].flatMap(expanded));
  for (const { name } of SNAPSHOT_STEPS) assert.ok(made.has(`# ${name}`), name);
});
