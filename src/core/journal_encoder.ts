import { hexadecimal } from "./checksum.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import { grown } from "./grown.ts";
import type { Int64Array } from "./int64_array.ts";
import { CHECKSUM_LENGTH, type SnapshotId } from "./journal.ts";
import type { QueueIndex } from "./queue_index.ts";
import { goKeyOf } from "./serialize.ts";

/** How much memory is kept from line to line, in bytes. */
const ROOM = 8 * 1024;
/** The most bytes that UTF-8 has for a unit of a string. */
const LONGEST_UNIT = 3;
const ASCII = 0x7f;

const encoder = new TextEncoder();

/**
 * Writes the lines of a journal (clause J2; see `readJournal`).
 *
 * One line after the other lies in the same memory: each is good until the next is made. To make a
 * text of a short record first, and then bytes of their own, would take twice as long.
 */
export class JournalEncoder {
  readonly #crc: Crc32;
  #bytes = new Uint8Array(ROOM);
  #length = 0;

  constructor(crc: Crc32 = crc32) {
    this.#crc = crc;
  }

  /** The first line. */
  header({ length, crc32: id }: SnapshotId): Uint8Array {
    this.#begin();
    this.#add(`{"snapshot":{"length":${length},"crc32":"${hexadecimal(id)}"}}`);
    return this.#end();
  }

  /** The line of a persist: the queues of these slots, each once, with its offset. */
  record(index: QueueIndex, slots: Uint32Array, offsets: Int64Array): Uint8Array {
    this.#begin();
    this.#add('{"offsetTable":{');
    for (let i = 0; i < slots.length; i++) {
      const [before, behind] = goKeyOf(index.brokerAt(slots[i]));
      if (i > 0) this.#add(",");
      this.#add(before);
      this.#add(String(index.queueIdAt(slots[i])));
      this.#add(behind);
      this.#add(String(offsets.get(i)));
    }
    this.#add("}}");
    return this.#end();
  }

  #begin(): void {
    // A long line is not what all the memory is kept for.
    if (this.#bytes.length > ROOM) this.#bytes = new Uint8Array(ROOM);
    this.#length = 0;
    this.#add("00000000 ");
  }

  #add(text: string): void {
    this.#bytes = grown(this.#bytes, this.#length + LONGEST_UNIT * text.length);
    const bytes = this.#bytes;
    const start = this.#length;
    let units = 0;
    for (let i = text.length; i-- > 0;) {
      const unit = text.charCodeAt(i);
      units |= unit;
      bytes[start + i] = unit;
    }
    // What follows gives the same of any text (journal_encoder_test.ts has all kinds), but slowly.
    // Stryker disable next-line ConditionalExpression,EqualityOperator: see above
    if (units <= ASCII) this.#length += text.length;
    else this.#length += encoder.encodeInto(text, bytes.subarray(start)).written;
  }

  /** The checksum takes the place of the zeros. */
  #end(): Uint8Array {
    this.#add("\n");
    const line = this.#bytes.subarray(0, this.#length);
    const sum = this.#crc(line.subarray(CHECKSUM_LENGTH, -1));
    for (let digit = 0; digit < 8; digit++) line[digit] = digitOf(sum >>> (28 - 4 * digit) & 0xf);
    return line;
  }
}

/** The code of a hexadecimal digit, in lower case. */
function digitOf(value: number): number {
  return value < 10 ? 0x30 + value : 0x61 - 10 + value;
}
