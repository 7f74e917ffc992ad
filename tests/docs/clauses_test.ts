/** docs/clauses.md: each clause has a source that names it, and a test that bears it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clauseFiles, clauseMap, listedClauses } from "../../scripts/docs/clause_map.ts";
import { withGeneratedBlock } from "../../scripts/docs/generated_block.ts";
import { read } from "../architecture/sources.ts";

test("the page lists the files of each clause", () => {
  const page = read("docs/clauses.md");
  assert.equal(withGeneratedBlock(page, clauseMap()), page, "run `deno task docs --tables`");
  const lines = clauseMap().split("\n");
  assert.deepEqual(lines.filter((line) => line.length > 80), []);
  const clauses = lines.map((line) => /^[A-Z]\d/.exec(line)?.[0]).filter(Boolean);
  assert.deepEqual(clauses, listedClauses());
});

test("each clause is named by a source and borne by a test", () => {
  assert.ok(listedClauses().length > 40);
  for (const [clause, { sources, tests }] of clauseFiles()) {
    assert.ok(sources.length > 0, `no comment in src names ${clause}`);
    assert.ok(tests.length > 0, `no name of a test begins with ${clause}`);
  }
});
