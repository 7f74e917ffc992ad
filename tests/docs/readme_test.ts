/** The README is short, and its commands, figures and permissions are those of the project. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { read, ROOT } from "../architecture/sources.ts";

const README = read("README.md");
const LONGEST = 150;

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1]);

/** All pages that name tasks. */
const PAGES = ["README.md", "CONTRIBUTING.md", "tests/README.md", ".github/workflows/ci.yml"]
  .concat(
    readdirSync(new URL("docs/", ROOT)).filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  );

test("the README has at most 150 lines, none longer than 120 characters", () => {
  const lines = README.trimEnd().split("\n");
  assert.ok(lines.length <= LONGEST, `${lines.length} lines`);
  assert.deepEqual(lines.filter((line) => line.length > 120), []);
});

test("the tables of the pages are narrow", () => {
  for (const page of PAGES) {
    const wide = read(page).split("\n").filter((line) => line.startsWith("|") && line.length > 115);
    assert.deepEqual(wide, [], page);
  }
});

test("the README gives the two commands, each alone in a block", () => {
  const blocks = matches(README, /^```sh\n([^]*?)^```$/gm);
  const commands = ["demo", "test"].map((task) => `npx -y deno@2.9.6 task ${task}\n`);
  assert.deepEqual(commands.filter((command) => !blocks.includes(command)), []);
});

test("the tasks that the pages name exist", () => {
  const { tasks } = JSON.parse(read("deno.json"));
  let count = 0;
  for (const page of PAGES) {
    const named = matches(read(page), /deno(?:@[\d.]+)? task ([a-z]\w*(?::\w+)?)/g);
    count += named.length;
    assert.deepEqual(named.filter((name) => !Object.hasOwn(tasks, name)), [], page);
  }
  assert.ok(count > 40, `${count} tasks`);
});

test("the workflow tests each runtime on each system, by tasks that exist", () => {
  const workflow = read(".github/workflows/ci.yml");
  assert.match(workflow, /os: \[ubuntu-latest, macos-latest, windows-latest\]/);
  const [, list] = /runtime: \[(.*)\]/.exec(workflow)!;
  const { tasks } = JSON.parse(read("deno.json"));
  assert.deepEqual(list.split(", "), ["deno", "bun", "node"]);
  for (const runtime of list.split(", ")) assert.ok(Object.hasOwn(tasks, `test:${runtime}`));
});

test("each figure of the README's guarantees stands in docs/evidence.md", () => {
  const evidence = read("docs/evidence.md").replaceAll(/\s+/g, " ");
  const lines = matches(README, /\bEvidence:\s([^]*?)\n(?=- |\n)/g);
  assert.equal(lines.length, 7);
  for (const line of lines) {
    const figures = matches(line.replaceAll(/\s+/g, " "), /(?<!\w)(\d[\d,]*(?: \w+)?)/g);
    assert.ok(figures.length > 0, line);
    for (const figure of figures) assert.match(evidence, new RegExp(`\\b${figure}\\b`), line);
  }
});

test("the clauses that the README names are in the specification", () => {
  const specification = read("docs/specification.md");
  const [, guarantees] = README.split(/^## What it guarantees$/m);
  const named = matches(guarantees, /\b([A-Z]\d)\b/g);
  assert.ok(named.length >= 7);
  for (const clause of named) assert.ok(specification.includes(`- **${clause}** `), clause);
});

test("docs/evidence.md names a command, a result and a date for each check", () => {
  const [, ...sections] = read("docs/evidence.md").split(/^## /m);
  const checks = sections.filter((section) => section.includes("- Shows:"));
  assert.ok(checks.length >= 12);
  for (const check of checks) {
    assert.match(
      check,
      /- Command: `deno task [^`]+`\n- Result: [^]+\n- Date: \d{4}-\d\d-\d\d(, older)?\n/,
      check,
    );
  }
});
