import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { decode, parse } from "../../../mod.ts";
import { readJournal } from "../../../src/core/format/read_journal.ts";

const MAIN = "offset.json";
const BACKUP = `${MAIN}.bak`;
const JOURNAL = `${MAIN}.journal`;

/** The files that a killed writer left, besides those that are always there. */
export interface Remains {
  /** In words, the same for what is alike. */
  readonly label: string;
  /** How many temporary files. */
  readonly temporaries: number;
  /** How many of them are so old that a persist removes them. */
  readonly leftovers: number;
  /** The files that no kill explains. */
  readonly strange: readonly string[];
}

/** Looks at a store's directory without changing it. */
export async function findRemains(directory: string): Promise<Remains> {
  const names = await readdir(directory).catch(() => undefined);
  if (names === undefined) {
    return { label: "no directory", temporaries: 0, leftovers: 0, strange: [] };
  }
  const temporaries = names.filter((name) => name.endsWith(".tmp"));
  const locks = names.filter((name) => /\.lock\b/.test(name));
  const known = new Set([MAIN, BACKUP, JOURNAL, ...temporaries, ...locks]);
  const parts: string[] = [];
  if (!names.includes(MAIN)) parts.push("no main");
  else if (!names.includes(BACKUP)) parts.push("no backup");
  else if (await isSame(join(directory, MAIN), join(directory, BACKUP))) parts.push("backup=main");
  for (const name of temporaries) parts.push(`${await completeness(join(directory, name))} tmp`);
  if (names.includes(JOURNAL)) parts.push(await journalState(join(directory, JOURNAL)));
  if (locks.length > 0) parts.push("lock");
  const ages = await Promise.all(temporaries.map((name) => ageOf(join(directory, name))));
  return {
    label: parts.join(", ") || "main and backup",
    temporaries: temporaries.length,
    leftovers: ages.filter((age) => age > LEFTOVER_MS).length,
    strange: names.filter((name) => !known.has(name)),
  };
}

/** A persist that began before this age may have left it, and one that ended after it may not. */
const LEFTOVER_MS = 120_000;

async function ageOf(path: string): Promise<number> {
  return Date.now() - (await stat(path)).mtimeMs;
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a), stat(b)]);
  return one.ino === other.ino;
}

async function journalState(path: string): Promise<string> {
  const { records, damage } = readJournal(await readFile(path));
  const torn = damage === undefined ? "" : "torn ";
  return records === 0 ? `${torn}journal, no record` : `${torn}journal`;
}

async function completeness(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (bytes.length === 0) return "empty";
  try {
    parse(decode(bytes));
    return "whole";
  } catch {
    return "cut";
  }
}
