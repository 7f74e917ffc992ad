#!/usr/bin/env -S deno run --allow-read=.
/**
 * Finds habits of language that make a text hard to read: sentences and names of tests that begin
 * with a clause as their subject, and the passive of "tell".
 *
 * `deno task ok` runs it over the comments, messages and pages of the project.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A habit at a line of a file. */
export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The words, as they stand there. */
  readonly words: string;
}

const ROOT = new URL("../", import.meta.url);
const FOLDERS = ["src/", "scripts/", "tests/", "examples/", "docs/"];

/** Texts that other programs wrote, and what is installed or built. */
const LEFT_OUT = /^tests\/fixtures\/|node_modules\/|^dist\/|^CHANGELOG\.md$/;

/** The start of a sentence: of a comment, a paragraph, an item, a cell, a quoted text, or after a stop. */
const START = String.raw`(?:^\s*(?:\/\*\*|\*|\/\/|-|\d+\.|#+|\|)?\s*|[.!?]\s+|["'\x60|]\s*)`;

/** A question may begin so. */
const SUBJECT = new RegExp(
  START +
    String
      .raw`(?<words>(?:Who|Whoever|Whatever|Whichever|What is|What was|That it|Nor)\s)(?![^.\n]*\?)`,
  "gm",
);

/** The words may stand on two lines of a comment. */
const PASSIVE = /\b(?<words>(?:is|are|was|were|be|been|being|unless)\s+(?:(?:\*|\/\/)\s+)?told)\b/g;

/** The name of a test, behind its clauses. */
const NAME =
  /\b(?:test|declare)\(\s*["'\x60](?:[A-Z]\d+ )*(?<words>(?:who|whoever|what|whatever|whichever|that|of)\s)/g;

/** The habits in a text, in the order of their places. */
export function findHabits(path: string, text: string): Finding[] {
  const matches = [SUBJECT, PASSIVE, NAME].flatMap((pattern) => [...text.matchAll(pattern)]);
  return matches.map((match) => {
    const { words } = match.groups!;
    const at = match.index + match[0].indexOf(words);
    const line = text.slice(0, at).split("\n").length;
    return { path, line, words: words.replace(/\s+(?:(?:\*|\/\/)\s+)?/g, " ").trim() };
  }).sort((a, b) => a.line - b.line);
}

/** The texts of the project, by their paths from its root. */
export function* texts(): Generator<readonly [path: string, text: string]> {
  const top = readdirSync(ROOT).filter((name) => name.endsWith(".md") || name === "mod.ts");
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true }).map((name) =>
      `${folder}${String(name).replaceAll("\\", "/")}`
    )
  );
  for (const path of [...top, ...below].sort()) {
    if (!/\.(ts|md)$/.test(path) || LEFT_OUT.test(path)) continue;
    yield [path, readFileSync(new URL(path, ROOT), "utf8")];
  }
}

if (import.meta.main) {
  const findings = [...texts()].flatMap(([path, text]) => findHabits(path, text));
  for (const { path, line, words } of findings) {
    console.log(`${path}:${line}: name the subject, and say who does it, instead of "${words}"`);
  }
  if (findings.length > 0) console.log(`See ${fileURLToPath(new URL("CONTRIBUTING.md", ROOT))}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
