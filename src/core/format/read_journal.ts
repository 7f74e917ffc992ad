/**
 * The text of a journal (clauses J1, J2): one line for each persist since a snapshot was written.
 *
 *     1f2e3d4c {"snapshot":{"length":1306,"crc32":"89abcdef"}}
 *     5b6a7988 {"offsetTable":{"{\"topic\":\"orders\",\"brokerName\":\"b\",\"queueId\":0}":42}}
 *
 * A line is the CRC-32 of the text behind it, a space, and that text. The first names the
 * snapshot, by the length and the CRC-32 of the bytes of the whole file; each of the others is an
 * offset file in Go's form with the queues that have changed, all of them or none. Zeros behind
 * the last line are room for the next.
 */
import { hexadecimal } from "./checksum.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import { OffsetColumn } from "../table/offset_column.ts";
import { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";
import { type OffsetTable, tableOf } from "../table/offset_table.ts";
import { decode, parseWith } from "./parse.ts";
import { QueueIndex } from "../table/queue_index.ts";

/** Which file a journal extends. */
export interface SnapshotId {
  /** How many bytes it has. */
  readonly length: number;
  /** The CRC-32 of all of them. */
  readonly crc32: number;
}

/** How long a checksum is: eight digits and a space. */
export const CHECKSUM_LENGTH = 9;

/** What a journal holds. */
export interface JournalContent {
  /** The snapshot that it extends; `undefined` if not even that was written to the end. */
  readonly snapshot: SnapshotId | undefined;
  /** How many records are whole. */
  readonly records: number;
  /** The queues in them, each with its last offset. */
  readonly table: OffsetTable;
  /** Where the last write was torn, in bytes; `undefined` if it was not. */
  readonly tornAt: number | undefined;
}

/**
 * Reads a journal; what a torn write left at its end is passed over.
 *
 * @throws {OffsetFileSyntaxError} If a line is damaged and good ones follow, or a good one is not
 *   what it must be; the position counts bytes.
 */
export function readJournal(bytes: Uint8Array, crc: Crc32 = crc32): JournalContent {
  const lines = linesOf(bytes, crc);
  const bad = lines.findIndex(({ text }) => text === undefined);
  const good = bad === -1 ? lines : lines.slice(0, bad);
  if (lines.slice(good.length).some(({ text }) => text !== undefined)) {
    fail(lines[bad].start, "the record that begins here is damaged, and good ones follow it");
  }
  const tornAt = lines.at(good.length)?.start;
  const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
  const [header, ...records] = good;
  for (const record of records) {
    for (const [mq, offset] of readRecord(record, crc)) {
      parts.offsets.set(parts.index.add(mq), offset);
    }
  }
  const snapshot = header && readHeader(header);
  return { snapshot, records: records.length, table: tableOf(parts), tornAt };
}

interface Line {
  /** Where it begins. */
  readonly start: number;
  /** Its text behind the checksum; `undefined` if it is damaged or has no end. */
  readonly text: Uint8Array | undefined;
}

const NEWLINE = 0x0a;
function linesOf(file: Uint8Array, crc: Crc32): Line[] {
  const bytes = withoutRoom(file);
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const text = bytes.subarray(Math.min(start + CHECKSUM_LENGTH, end), end);
    const sum = String.fromCharCode(
      ...bytes.subarray(start, Math.min(start + CHECKSUM_LENGTH, end)),
    );
    const isGood = newline !== -1 && sum === `${hexadecimal(crc(text))} `;
    lines.push({ start, text: isGood ? text : undefined });
    start = end + 1;
  }
  return lines;
}

function withoutRoom(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

const HEADER = /^\{"snapshot":\{"length":(\d{1,15}),"crc32":"([0-9a-f]{8})"\}\}$/;

function readHeader({ start, text }: Line): SnapshotId {
  const match = HEADER.exec(new TextDecoder().decode(text));
  if (match === null) fail(start, "the first line does not name a snapshot");
  return { length: Number(match[1]), crc32: Number.parseInt(match[2], 16) };
}

function readRecord({ start, text }: Line, crc: Crc32): OffsetTable {
  try {
    return parseWith(decode(text!), crc);
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    fail(start, `the record that begins here is none, ${error.reason}`);
  }
}

function fail(position: number, reason: string): never {
  throw new OffsetFileSyntaxError(position, reason);
}
