/**
 * The text of an undo file: an offset file of the table before a change, with one member more,
 * `undo`, that says who changed what. Every command that reads an offset file reads it, too.
 */
import { crc32 } from "node:zlib";
import { decode, type OffsetFileFormat, type OffsetTable, serialize } from "../../../mod.ts";
import { parseSnapshot } from "../../../src/core/format/parse.ts";
import { escapeJson } from "../../lib/escape.ts";

/** The user and the process that made a change. */
export interface Author {
  /** The user's name or number; without it, the system did not tell. */
  readonly user?: string;
  readonly pid: number;
  /** The command line, without the program. */
  readonly command: readonly string[];
}

/** How many offsets a change concerned. */
export interface ChangeCounts {
  readonly added: number;
  readonly deleted: number;
  readonly raised: number;
  readonly lowered: number;
}

/** What a store held before a change, and what is known of that change. */
export interface UndoRecord {
  readonly table: OffsetTable;
  readonly format: OffsetFileFormat;
  /** Whether the file had a checksum. */
  readonly checksum: boolean;
  /**
   * What main was.
   *
   * - `valid`: it held the table, with the records of its journal.
   * - `edited`: it held the table, and a wrong checksum.
   * - `bad`: it held no table.
   */
  readonly main: "valid" | "edited" | "bad";
  /** When the change was made, in milliseconds since 1970. */
  readonly time: number;
  readonly author: Author;
  readonly changes: ChangeCounts;
}

/** Where the member begins. In a string, its quotation marks would be escaped. */
const MEMBER = ',"undo":';

/** Writes an undo file. */
export function undoText({ table, format, ...rest }: UndoRecord): string {
  const text = serialize(table, { format, checksum: true });
  const undo = escapeJson(
    JSON.stringify({ format, ...rest, time: new Date(rest.time).toISOString() }),
  );
  return `${text.slice(0, -1)}${MEMBER}${undo}}`;
}

/**
 * Reads an undo file.
 *
 * @throws {SyntaxError} If the bytes are no undo file, or not all of one.
 */
export function parseUndo(bytes: Uint8Array): UndoRecord {
  const text = decode(bytes);
  const { table } = parseSnapshot(text, crc32);
  const begin = text.lastIndexOf(MEMBER);
  if (begin < 0) throw new SyntaxError('the file has no member "undo"');
  return { table, ...membersOf(JSON.parse(text.slice(begin + MEMBER.length, -1))) };
}

/** Takes what it knows of the member: somebody may have edited it. */
function membersOf(value: unknown): Omit<UndoRecord, "table"> {
  const undo = objectOf(value);
  const author = objectOf(undo.author);
  const changes = objectOf(undo.changes);
  const time = Date.parse(String(undo.time));
  if (Number.isNaN(time)) throw new SyntaxError('the member "undo" has no time');
  const { command } = author;
  return {
    format: oneOf(undo.format, ["go", "java"]),
    checksum: undo.checksum === true,
    main: oneOf(undo.main, ["valid", "edited", "bad"]),
    time,
    author: {
      ...(author.user === undefined ? {} : { user: String(author.user) }),
      pid: Number(author.pid),
      command: Array.isArray(command) ? command.map(String) : [],
    },
    changes: {
      added: Number(changes.added),
      deleted: Number(changes.deleted),
      raised: Number(changes.raised),
      lowered: Number(changes.lowered),
    },
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new SyntaxError('the member "undo" is not complete');
}

function oneOf<T extends string>(value: unknown, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new SyntaxError(`the member "undo" has none of ${names.join(", ")}`);
}
