import { type Crc32, crc32 } from "./crc32.ts";
import { ensureCapacity } from "../table/ensure_capacity.ts";
import type { Int64Array } from "../table/int64_array.ts";
import { formatHeader } from "./journal_header.ts";
import { CHECKSUM_LENGTH } from "./read_journal.ts";
import type { QueueIndex } from "../table/queue_index.ts";
import { goKeyOf } from "./serialize.ts";

/** How much memory is kept from line to line, in bytes. */
const ROOM = 8 * 1024;
/** The most bytes that UTF-8 needs for one code unit of a string. */
const LONGEST_UNIT = 3;
const ASCII = 0x7f;
/** The most bytes that an entry has besides the names; an int64 has up to twenty, an int32 eleven. */
const LONGEST_REST = 64;
const SPACE = " ".charCodeAt(0);
const MINUS = "-".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

const encoder = new TextEncoder();

/**
 * Writes the lines of a journal (clause J2; see `readJournal`).
 *
 * All lines share one buffer: each line is valid until the next one is made. A new string and a new
 * buffer for each record would take twice as long.
 */
export class JournalEncoder {
  readonly #crc: Crc32;
  #bytes = new Uint8Array(ROOM);

  constructor(crc: Crc32 = crc32) {
    this.#crc = crc;
  }

  /** The first line; see `formatHeader`. */
  header(header: Parameters<typeof formatHeader>[0]): Uint8Array {
    return this.#end(addText(this.#begin(), CHECKSUM_LENGTH, formatHeader(header)));
  }

  /** The line of a record: the queues of these slots, each once, with its offset. */
  record(index: QueueIndex, slots: Uint32Array, offsets: Int64Array): Uint8Array {
    let bytes = this.#begin();
    let at = addText(bytes, CHECKSUM_LENGTH, '{"offsetTable":{');
    for (let i = 0; i < slots.length; i++) {
      const key = goKeyOf(index.brokerAt(slots[i]));
      const before = key[0];
      // Stryker disable next-line ArithmeticOperator: what is around the names is shorter than it may be
      bytes = this.#makeRoom(at + LONGEST_UNIT * before.length + LONGEST_REST);
      if (i > 0) at = addText(bytes, at, ",");
      at = addText(bytes, at, before);
      at = addInteger(bytes, at, index.queueIdAt(slots[i]));
      at = addText(bytes, at, key[1]);
      const offset = offsets.get(i);
      const number = Number(offset);
      at = Number.isSafeInteger(number)
        ? addInteger(bytes, at, number)
        : addText(bytes, at, String(offset));
    }
    return this.#end(addText(bytes, at, "}}"));
  }

  #begin(): Uint8Array {
    // Release the memory of a long line.
    if (this.#bytes.length > ROOM) this.#bytes = new Uint8Array(ROOM);
    this.#bytes[CHECKSUM_LENGTH - 1] = SPACE;
    return this.#bytes;
  }

  #makeRoom(length: number): Uint8Array {
    return this.#bytes = ensureCapacity(this.#bytes, length);
  }

  /** Ends a line of `length` bytes and puts its checksum before it. */
  #end(length: number): Uint8Array {
    const line = this.#bytes.subarray(0, addText(this.#bytes, length, "\n"));
    const sum = this.#crc(line.subarray(CHECKSUM_LENGTH, -1));
    for (let digit = 0; digit < 8; digit++) line[digit] = digitOf(sum >>> (28 - 4 * digit) & 0xf);
    return line;
  }
}

/** Adds a text and returns where it ends. */
function addText(bytes: Uint8Array, start: number, text: string): number {
  let units = 0;
  for (let i = text.length; i-- > 0;) {
    const unit = text.charCodeAt(i);
    units |= unit;
    bytes[start + i] = unit;
  }
  // The encoder gives the same for any text (journal_encoder_test.ts has all kinds), but slowly.
  // Stryker disable next-line ConditionalExpression,EqualityOperator: see above
  if (units <= ASCII) return start + text.length;
  return start + encoder.encodeInto(text, bytes.subarray(start)).written;
}

/** Adds a safe integer digit by digit: to make a string of it first would take twice as long. */
function addInteger(bytes: Uint8Array, start: number, value: number): number {
  if (value < 0) bytes[start++] = MINUS;
  let rest = Math.abs(value);
  const end = start + countDigits(rest);
  for (let at = end; at-- > start;) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = ZERO + (rest - 10 * tenth);
    rest = tenth;
  }
  return end;
}

function countDigits(value: number): number {
  let count = 1;
  for (let power = 10; value >= power; power *= 10) count++;
  return count;
}

/** The code of a hexadecimal digit, in lower case. */
function digitOf(value: number): number {
  return value < 10 ? ZERO + value : 0x61 - 10 + value;
}
