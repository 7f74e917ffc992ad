import { SLICE, type Slices } from "../slices.ts";
import { OffsetColumn } from "../table/offset_column.ts";
import { tableOf, type TableParts } from "../table/offset_table.ts";
import { QueueIndex } from "../table/queue_index.ts";
import { CanonicalEntries } from "./canonical_entries.ts";
import { generationMember, hexadecimal } from "./checksum.ts";
import type { Crc32 } from "./crc32.ts";
import { MAX_GENERATION, parseGeneration } from "./generation.ts";
import type { Snapshot } from "./parse.ts";

/** The bytes that are decoded at a time: the text of a whole file would take as much memory again. */
const PART = 96 * 1024;

const HEAD = new TextEncoder().encode('{"offsetTable":{');
const TAIL = /^(?:,"generation":([1-9][0-9]{0,15}))?(?:,"crc32":"([0-9a-f]{8})")?\}$/;
/** No tail is longer: this one has the greatest generation. */
const LONGEST_TAIL = `,"generation":${MAX_GENERATION},"crc32":"00000000"}`.length;
const COMMA = ",".charCodeAt(0);
const QUOTE = '"'.charCodeAt(0);
/** The checksum of this many bytes is as much work as a queue. */
const SUMMED_AT_ONCE = 1024 * SLICE;

/**
 * Reads the bytes of a snapshot that is written as Go's client and this module write it (S4), in
 * slices.
 * No text of the whole file is made.
 *
 * @param crc Verifies the checksum, if there is one.
 * @param part How many bytes are decoded at a time.
 * @returns `undefined` if anything is written in another way, or wrong: `parseInSlices` says what.
 */
export function* readCanonicalSnapshot(
  bytes: Uint8Array,
  crc: Crc32,
  part = PART,
): Slices<Snapshot | undefined> {
  if (HEAD.some((byte, i) => bytes[i] !== byte)) return undefined;
  const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
  const tableEnd = yield* readEntries(bytes, parts, part);
  const tail = decode(bytes.subarray(tableEnd, tableEnd + LONGEST_TAIL + 1));
  const members = tail?.match(TAIL);
  if (!members) return undefined;
  const [, generation, checksum]: readonly (string | undefined)[] = members;
  if (checksum !== undefined) {
    let sum = yield* sumOf(bytes.subarray(HEAD.length - 1, tableEnd), crc);
    if (generation !== undefined) {
      sum = crc(new TextEncoder().encode(generationMember(generation, "")), sum);
    }
    if (hexadecimal(sum) !== checksum) return undefined;
  }
  return {
    table: tableOf(parts),
    generation: parseGeneration(generation),
    checksum: checksum === undefined ? "none" : "verified",
  };
}

/**
 * Reads the entries of the table. If all are canonical, it answers where the table ends; else the end
 * of the file, where no table ends.
 */
function* readEntries(bytes: Uint8Array, into: TableParts, part: number): Slices<number> {
  const entries = new CanonicalEntries(into);
  for (let start = HEAD.length;;) {
    const end = partEnd(bytes, start, part);
    const text = decode(bytes.subarray(start, end));
    if (text === undefined) return bytes.length;
    const read = yield* entries.read(text, 0);
    const next = text[read];
    // An entry has at least one character, and behind the last part there is none.
    if (read === 0) return bytes.length;
    if (next === "}") return start + bytesOf(text, read) + 1;
    if (read + 1 !== text.length) return bytes.length;
    if (start === HEAD.length) reserve(into, bytes.length / end);
    start = end;
  }
}

/** Makes room for all queues of a file, given how many times as long it is as the part that was read. */
function reserve({ index, offsets }: TableParts, times: number): void {
  const size = Math.ceil(times * offsets.size);
  index.reserve(size);
  offsets.reserve(size);
}

/**
 * The end of a part behind the comma between two entries; no character is cut there.
 *
 * @param part How long the part may be; a longer one is the end where there is no such place.
 */
export function partEnd(bytes: Uint8Array, start: number, part: number): number {
  for (let length = part;; length *= 2) {
    if (start + length >= bytes.length) return bytes.length;
    for (let at = start + length; at > start; at--) {
      if (bytes[at] === QUOTE && bytes[at - 1] === COMMA) return at;
    }
  }
}

/** How many bytes the beginning of a text has in UTF-8. */
function bytesOf(text: string, length: number): number {
  return new TextEncoder().encode(text.slice(0, length)).length;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The general reader reports the fault.
  }
  return undefined;
}

function* sumOf(bytes: Uint8Array, crc: Crc32): Slices<number> {
  let sum = 0;
  for (let start = 0; start < bytes.length; start += SUMMED_AT_ONCE) {
    sum = crc(bytes.subarray(start, start + SUMMED_AT_ONCE), sum);
    yield SLICE;
  }
  return sum;
}
