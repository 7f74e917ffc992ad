/** README.zh-CN.md has the commands, the code, the links and the figures of README.md. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../architecture/sources.ts";

const ENGLISH = read("README.md");
const CHINESE = read("README.zh-CN.md");

/** Each must be a part of the text, in this order, in both languages. */
const PARTS: Readonly<Record<string, RegExp>> = {
  "the blocks of code": /^```\w+.*\n[^]*?^```$/gm,
  "the levels of the headings": /^#+(?= )/gm,
  "the points of the lists": /^- /gm,
};

/** Each must be in both texts equally often, in any order. */
const WORDS: Readonly<Record<string, RegExp>> = {
  "code in the text": /(?<!`)`[^`\n]+`(?!`)/g,
  "targets of links": /(?<=\]\()(?!README)[^)]+/g,
  "clauses": /(?<![A-Za-z])[A-Z]\d(?!\d)/g,
  "figures": /(?<![\w.@-])\d{1,3}(?:,\d{3})+/g,
};

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([part]) => part);

for (const [what, pattern] of Object.entries(PARTS)) {
  test(`README.zh-CN.md: ${what} are those of README.md`, () => {
    assert.ok(all(ENGLISH, pattern).length > 5);
    assert.deepEqual(all(CHINESE, pattern), all(ENGLISH, pattern));
  });
}

for (const [what, pattern] of Object.entries(WORDS)) {
  test(`README.zh-CN.md: ${what} are those of README.md`, () => {
    assert.ok(all(ENGLISH, pattern).length > 5);
    assert.deepEqual(all(CHINESE, pattern).sort(), all(ENGLISH, pattern).sort());
  });
}

test("README.zh-CN.md has at most 150 lines, and each README links the other", () => {
  assert.ok(CHINESE.trimEnd().split("\n").length <= 150);
  assert.ok(ENGLISH.includes("](README.zh-CN.md)") && CHINESE.includes("](README.md)"));
});
