/**
 * The text of a journal (clauses J1–J3): one line for each persist since a snapshot was written.
 *
 *     1f2e3d4c {"version":1,"generation":7,"length":1306,"crc32":"89abcdef","durability":"full"}
 *     5b6a7988 {"offsetTable":{"{\"topic\":\"orders\",\"brokerName\":\"b\",\"queueId\":0}":42}}
 *
 * A line is the CRC-32 of its text, a space, and the text. The first line names the snapshot that
 * the journal extends. Each other line is a record: an offset file in Go's form with the queues that
 * have changed, all of them or none. Zeros behind the last line are room for the next record.
 */
import { atOnce, type Slices } from "../slices.ts";
import { hexadecimal } from "./checksum.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import { OffsetColumn } from "../table/offset_column.ts";
import { type JournalHeader, parseHeader } from "./journal_header.ts";
import { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";
import { copyEntries, type OffsetTable, tableOf } from "../table/offset_table.ts";
import { decode, parseInSlices } from "./parse.ts";
import { QueueIndex } from "../table/queue_index.ts";

/** The length of a line's checksum: eight digits and a space. */
export const CHECKSUM_LENGTH = 9;

/** What a journal holds. */
export interface JournalContent {
  /** The first line; `undefined` if it was not written to the end. */
  readonly header: JournalHeader | undefined;
  /** How many records are whole. */
  readonly records: number;
  /** The queues in them, each with its last offset. */
  readonly table: OffsetTable;
  /** The damage behind the last whole record. */
  readonly damage: JournalDamage | undefined;
}

/**
 * The damage behind the last whole record.
 *
 * - `torn`: one bad line at the end: a crash has interrupted its write.
 * - `corrupt`: more than one bad line, a good line behind a bad one, or a good line that is no record:
 *   no single write does that.
 */
export interface JournalDamage {
  readonly kind: "torn" | "corrupt";
  /** Where the damage begins, in bytes. */
  readonly position: number;
  readonly reason: string;
}

/**
 * Reads a journal up to the first damage.
 *
 * @throws {OffsetFileSyntaxError} If the first line has the right checksum and names no snapshot; the
 *   position counts bytes.
 */
export function readJournal(bytes: Uint8Array, crc: Crc32 = crc32): JournalContent {
  return atOnce(readJournalInSlices(bytes, crc));
}

/** The same in slices. */
export function* readJournalInSlices(bytes: Uint8Array, crc: Crc32): Slices<JournalContent> {
  const lines = yield* linesOf(bytes, crc);
  const bad = lines.findIndex(({ text }) => text === undefined);
  const good = bad === -1 ? lines : lines.slice(0, bad);
  const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
  const [first, ...rest] = good;
  const header = first && readHeader(first);
  let damage = damageOf(lines.slice(good.length));
  let records = 0;
  for (const line of rest) {
    const record = yield* readRecord(line, crc);
    if ("reason" in record) {
      damage = record;
      break;
    }
    yield* copyEntries(record, parts);
    records++;
  }
  return { header, records, table: tableOf(parts), damage };
}

interface Line {
  /** Where it begins. */
  readonly start: number;
  /** Its text behind the checksum; `undefined` if it is damaged or has no end. */
  readonly text: Uint8Array | undefined;
}

const NEWLINE = 0x0a;
/** Checking this many bytes of a line is as much work as reading a queue. */
const BYTES_PER_WORK = 1024;

function* linesOf(file: Uint8Array, crc: Crc32): Slices<Line[]> {
  const bytes = withoutRoom(file);
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const textStart = Math.min(start + CHECKSUM_LENGTH, end);
    const text = bytes.subarray(textStart, end);
    const sum = String.fromCharCode(...bytes.subarray(start, textStart));
    const isGood = newline !== -1 && sum === `${hexadecimal(crc(text))} `;
    lines.push({ start, text: isGood ? text : undefined });
    start = end + 1;
    yield text.length / BYTES_PER_WORK;
  }
  return lines;
}

function withoutRoom(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** Each record is synced before the next one begins, so a crash tears the last line at most. */
function damageOf(rest: readonly Line[]): JournalDamage | undefined {
  if (rest.length === 0) return undefined;
  const position = rest[0].start;
  if (rest.length === 1) {
    return { kind: "torn", position, reason: "its last record was not written to the end" };
  }
  const isFollowed = rest.some(({ text }) => text !== undefined);
  const reason = isFollowed
    ? "the record that begins here is damaged, and good ones follow it"
    : "more than one record is damaged at the end, which no single write does";
  return { kind: "corrupt", position, reason };
}

function readHeader({ start, text }: Line): JournalHeader {
  const header = parseHeader(new TextDecoder().decode(text));
  if (typeof header === "string") throw new OffsetFileSyntaxError(start, header);
  return header;
}

/** Reads a record; a line with the right checksum that is no record is not a torn write. */
function* readRecord({ start, text }: Line, crc: Crc32): Slices<OffsetTable | JournalDamage> {
  try {
    return (yield* parseInSlices(decode(text!), crc)).table;
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    const reason = `the line that begins here is no record: ${error.reason}`;
    return { kind: "corrupt", position: start, reason };
  }
}
