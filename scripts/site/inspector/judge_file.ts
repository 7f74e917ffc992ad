import { OffsetFileChecksumError } from "../../../src/core/format/offset_file_checksum_error.ts";
import { OffsetFileSyntaxError } from "../../../src/core/format/offset_file_syntax_error.ts";
import { decode, parseSnapshot } from "../../../src/core/format/parse.ts";
import { parseAliOnsBytes } from "../../../src/core/format/parse_bytes.ts";
import type { JournalContent } from "../../../src/core/format/read_journal.ts";
import type { OffsetTable } from "../../../src/core/table/offset_table.ts";
import { readJournalFile } from "../../../src/file/recovery/read_journal_file.ts";
import { readSnapshot, type ValidFile } from "../../../src/file/recovery/read_snapshot.ts";
import { droppedFileSystem } from "./dropped_file_system.ts";
import { type Excerpt, excerptAt } from "./excerpt.ts";
import type { Placed } from "./file_role.ts";

/** The inspector's judgement of one file. */
export interface Judgement extends Placed {
  /** `edited`: only the checksum is wrong; `other`: no store reads such a file. */
  readonly state: "valid" | "edited" | "bad" | "other";
  /** The content of a file that is valid, or the fault of one that is not. */
  readonly details: string;
  /** The place of the fault. */
  readonly excerpt?: Excerpt;
  /** The offsets in the file, if it holds any. */
  readonly table?: OffsetTable;
}

/** Judges a file with the store's own functions. */
export async function judgeFile(placed: Placed): Promise<Judgement> {
  const { role, file, main } = placed;
  if (role === "lock") {
    return { ...placed, state: "other", details: "the lock of a store; it holds no offsets" };
  }
  const isJournal = role === "journal" || file.path.includes(".journal.corrupt-");
  return isJournal ? await judgeJournal(placed, main) : await judgeSnapshot(placed);
}

/** A number with its word, in the plural unless it is 1. */
export const countOf = (number: number, word: string): string =>
  `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

/** The first key tells the form. */
const isJava = (text: string) => /"offsetTable"\s*:\s*\{\s*\{/.test(text);

async function judgeSnapshot(placed: Placed): Promise<Judgement> {
  const { file } = placed;
  const read = await readSnapshot(droppedFileSystem([file]), file.path);
  if (read.is === "missing") throw new Error(`Cannot read ${file.path}: it was not dropped`);
  if (read.is === "valid") return { ...placed, ...validOf(read) };
  const { cause, reason } = read;
  const excerpt = cause instanceof OffsetFileSyntaxError
    ? excerptAt(file.bytes, cause.position)
    : undefined;
  if (cause instanceof OffsetFileChecksumError) {
    const { table } = parseSnapshot(decode(file.bytes), undefined);
    const details = `its checksum is ${cause.expected}, that of its table is ${cause.actual}: ` +
      "it was edited by hand, or is damaged";
    return { ...placed, state: "edited", details, excerpt, table };
  }
  const table = aliOnsTable(file.bytes);
  if (table !== undefined) {
    const details = `ali-ons's form, ${
      countOf(table.size, "queue")
    }; no store reads it until offsets convert has rewritten it`;
    return { ...placed, state: "other", details, table };
  }
  return { ...placed, state: "bad", details: reason, excerpt };
}

function validOf({ bytes, table, generation, checksum }: ValidFile) {
  const details = [
    `${isJava(decode(bytes)) ? "Java" : "Go"}'s form`,
    countOf(table.size, "queue"),
    ...generation === undefined ? [] : [`generation ${generation}`],
    checksum === "verified" ? "checksum right" : "no checksum",
  ];
  return { state: "valid", details: details.join(", "), table } as const;
}

function aliOnsTable(bytes: Uint8Array): OffsetTable | undefined {
  try {
    return parseAliOnsBytes(bytes);
  } catch (error) {
    if (error instanceof OffsetFileSyntaxError) return undefined;
    throw error;
  }
}

async function judgeJournal(placed: Placed, main: string): Promise<Judgement> {
  const { file } = placed;
  const journal = { ...file, path: `${main}.journal` };
  const read = await readJournalFile(droppedFileSystem([journal]), main);
  if (read.is === "readable") return { ...placed, ...journalOf(read.content, file.bytes) };
  if (read.is !== "bad") throw new Error(`Cannot read ${file.path}: it was not dropped`);
  const { reason, cause } = read.fault;
  const position = cause instanceof OffsetFileSyntaxError ? cause.position : 0;
  return { ...placed, state: "bad", details: reason, excerpt: excerptAt(file.bytes, position) };
}

function journalOf({ header, records, table, damage }: JournalContent, bytes: Uint8Array) {
  const parts = [countOf(records, "record"), countOf(table.size, "queue")];
  if (header?.generation !== undefined) parts.push(`extends generation ${header.generation}`);
  if (damage === undefined) return { state: "valid", details: parts.join(", "), table } as const;
  const excerpt = excerptAt(bytes, damage.position);
  const damaged = `${damage.reason}, at position ${damage.position} of ${bytes.length}`;
  const torn = damage.kind === "torn" ? "; it is cut there" : "";
  const details = `${parts.join(", ")}; ${damaged}${torn}`;
  return { state: damage.kind === "torn" ? "valid" : "bad", details, excerpt, table } as const;
}
