/** Where each clause is decided and shown: the block of docs/clauses.md. */
import { readdirSync, readFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);
const WIDTH = 76;

/** The clauses of the specification, in its order. */
export function listedClauses(): string[] {
  const page = readFileSync(new URL("docs/specification.md", ROOT), "utf8");
  return [...page.matchAll(/^- \*\*([A-Z]\d+)\*\* /gm)].map(([, clause]) => clause);
}

/** The clauses that a text names; of a range such as U1–U4, each. */
function namedIn(text: string): Set<string> {
  const named = new Set<string>();
  for (const [, letter, first, last] of text.matchAll(/\b([A-Z])(\d)(?:–\1(\d))?\b/g)) {
    for (let n = Number(first); n <= Number(last ?? first); n++) named.add(letter + n);
  }
  return named;
}

/** The comments of a source. */
const commentsOf = (text: string): string =>
  (text.match(/\/\*[\s\S]*?\*\/|\/\/.*/g) ?? []).join("\n");

/** The clauses at the beginning of the names of tests. */
const testedIn = (text: string): string =>
  [...text.matchAll(/\b(?:test|declare)\(\s*["'`]((?:[A-Z]\d+ )+)/g)].map(([, names]) => names)
    .join("");

/** Each clause, with the sources whose comments name it and the tests whose names begin with it. */
export function clauseFiles(): Map<string, { sources: string[]; tests: string[] }> {
  const files = new Map(
    listedClauses().map((clause) => [clause, { sources: [] as string[], tests: [] as string[] }]),
  );
  for (const kind of ["sources", "tests"] as const) {
    const [folder, end, part] = kind === "sources"
      ? ["src/", ".ts", commentsOf] as const
      : ["tests/", "_test.ts", testedIn] as const;
    for (const path of readdirSync(new URL(folder, ROOT), { recursive: true })) {
      const name = folder + String(path).replaceAll("\\", "/");
      if (!name.endsWith(end)) continue;
      const text = readFileSync(new URL(name, ROOT), "utf8");
      for (const clause of namedIn(part(text))) files.get(clause)?.[kind].push(name);
    }
  }
  return files;
}

/** The lines of the block: for each clause its sources, and its tests by their folders. */
export function clauseMap(): string {
  const lines: string[] = [];
  for (const [clause, { sources, tests }] of clauseFiles()) {
    const parts = [...inFolders(sources, ".ts"), ...inFolders(tests, "_test.ts")];
    lines.push(...parts.map((part, i) => (i === 0 ? clause.padEnd(4) : "    ") + part), "");
  }
  return lines.join("\n").trimEnd() + "\n";
}

/** `folder/: one, two`, broken into lines. */
function inFolders(paths: readonly string[], end: string): string[] {
  const folders = new Map<string, string[]>();
  for (const path of paths.toSorted()) {
    const slash = path.lastIndexOf("/") + 1;
    const names = folders.get(path.slice(0, slash)) ?? [];
    folders.set(path.slice(0, slash), [...names, path.slice(slash, -end.length)]);
  }
  return [...folders].flatMap(([folder, names]) => {
    const lines = [`${folder}:`];
    for (const name of names) {
      const line = `${lines.at(-1)!} ${name},`;
      if (line.length <= WIDTH) lines[lines.length - 1] = line;
      else lines.push(`  ${name},`);
    }
    return [...lines.slice(0, -1), lines.at(-1)!.slice(0, -1)];
  });
}
