import { hexadecimal } from "./checksum.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import { CHECKSUM_LENGTH, type SnapshotId } from "./journal.ts";
import type { QueueIndex } from "./queue_index.ts";
import { goKeyOf } from "./serialize.ts";

/** What is longer gets memory of its own. */
const ROOM = 32 * 1024;
/** The most bytes that UTF-8 has for a unit of a string. */
const LONGEST_UNIT = 3;

const encoder = new TextEncoder();

/**
 * Writes the lines of a journal (clause J2; see `readJournal`).
 *
 * One line after the other lies in the same memory: each is good until the next is made. Memory of
 * its own for each would cost a short record more than all else about it.
 */
export class JournalEncoder {
  readonly #crc: Crc32;
  readonly #room = new Uint8Array(ROOM);

  constructor(crc: Crc32 = crc32) {
    this.#crc = crc;
  }

  /** The first line. */
  header({ length, crc32: id }: SnapshotId): Uint8Array {
    return this.#line(`{"snapshot":{"length":${length},"crc32":"${hexadecimal(id)}"}}`);
  }

  /** The line of a persist: the queues of these slots, each once, with its offset. */
  record(index: QueueIndex, slots: Uint32Array, offsets: BigInt64Array): Uint8Array {
    let text = '{"offsetTable":{';
    for (let i = 0; i < slots.length; i++) {
      const [before, behind] = goKeyOf(index.brokerAt(slots[i]));
      text += (i === 0 ? "" : ",") + before + index.queueIdAt(slots[i]) + behind + offsets[i];
    }
    return this.#line(text + "}}");
  }

  /** The checksum takes the place of eight others, so that the text is encoded once. */
  #line(text: string): Uint8Array {
    const bytes = this.#encode(`00000000 ${text}\n`);
    const sum = this.#crc(bytes.subarray(CHECKSUM_LENGTH, -1));
    for (let digit = 0; digit < 8; digit++) bytes[digit] = digitOf(sum >>> (28 - 4 * digit) & 0xf);
    return bytes;
  }

  #encode(text: string): Uint8Array {
    if (LONGEST_UNIT * text.length > ROOM) return encoder.encode(text);
    return this.#room.subarray(0, encoder.encodeInto(text, this.#room).written);
  }
}

/** The code of a hexadecimal digit, in lower case. */
function digitOf(value: number): number {
  return value < 10 ? 0x30 + value : 0x61 - 10 + value;
}
