import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { MessageQueue, Offset } from "../../../mod.ts";
import { CanonicalEntries } from "../../../src/core/format/canonical_entries.ts";
import { generationMember, hexadecimal } from "../../../src/core/format/checksum.ts";
import { OffsetFileSyntaxError } from "../../../src/core/format/offset_file_syntax_error.ts";
import { parseSnapshot } from "../../../src/core/format/parse.ts";
import { atOnce } from "../../../src/core/slices.ts";
import { OffsetColumn } from "../../../src/core/table/offset_column.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { AscendingQueues } from "./ascending_queues.ts";

export type Entry = readonly [MessageQueue, Offset];

/** How many bytes are read at a time. */
export interface PieceSizes {
  /** Few, so that the first rows are there at once. */
  readonly first: number;
  readonly next: number;
}

const SIZES: PieceSizes = { first: 1 << 16, next: 1 << 20 };
/** Go's client and this module begin a file so. */
const HEAD = '{"offsetTable":';
/** Between a queue and its offset, and nowhere else: inside a key, quotation marks are escaped. */
const KEY_END = '}":';
/** The general reader reads longer entries. */
const LONGEST_ENTRY = 1 << 20;
const LONGEST_TAIL = 1 << 16;

/**
 * Reads the table of a long file piece by piece, so that neither the file nor the table is ever in
 * memory as a whole. It reads what Go's client and this module write, in ascending order, which
 * holds each queue once; it stops at anything else, for the general reader to judge.
 */
export class TableStream {
  /** How far it came: `table` if the file behind its table is something for the general reader. */
  end: "nothing" | "part" | "table" | "whole" = "nothing";
  /** What the checksum says, if it came to the end. */
  checksum: "none" | "right" = "none";
  readonly #path: string;
  readonly #sizes: PieceSizes;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #order = new AscendingQueues();
  #crc = 0;

  constructor(path: string, sizes = SIZES) {
    this.#path = path;
    this.#sizes = sizes;
  }

  /** The entries in the order of the file; whatever the system refuses is thrown. */
  async *batches(): AsyncGenerator<readonly Entry[]> {
    await using file = await open(this.#path);
    let text = await this.#read(file, this.#sizes.first);
    if (!text?.startsWith(`${HEAD}{`)) return;
    text = text.slice(HEAD.length);
    for (;;) {
      const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
      // Before an entry stands the opening brace or a comma.
      const length = atOnce(new CanonicalEntries(parts).read(text, 1));
      if (length > 1) {
        const entries = this.#entriesOf(text.slice(0, length), parts);
        if (entries === undefined) return;
        this.end = "part";
        yield entries;
        text = text.slice(length);
        if (text.startsWith("}")) return await this.#readTail(text, file);
      } else if (text.length > LONGEST_ENTRY) return;
      const more = await this.#read(file, this.#sizes.next);
      if (more === undefined || more === "") return;
      text += more;
    }
  }

  /** Text that is not UTF-8 is `undefined`, and the end of the file is empty. */
  async #read(file: FileHandle, length: number): Promise<string | undefined> {
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length);
      try {
        const bytes = buffer.subarray(0, bytesRead);
        const text = this.#decoder.decode(bytes, { stream: bytesRead > 0 });
        // A piece may be a part of one character.
        if (text !== "" || bytesRead === 0) return text;
      } catch {
        return undefined;
      }
    }
  }

  #entriesOf(
    text: string,
    { index, offsets }: { readonly index: QueueIndex; readonly offsets: OffsetColumn },
  ): Entry[] | undefined {
    let count = 0;
    for (let at = text.indexOf(KEY_END); at >= 0; at = text.indexOf(KEY_END, at + 1)) count++;
    if (count !== index.size) return undefined;
    const entries: Entry[] = [];
    for (let slot = 0; slot < index.size; slot++) {
      const mq = index.queueAt(slot);
      if (!this.#order.isNext(mq)) return undefined;
      entries.push([mq, offsets.get(slot)!]);
    }
    this.#crc = crc32(text, this.#crc);
    return entries;
  }

  async #readTail(begin: string, file: FileHandle): Promise<void> {
    this.end = "table";
    let text = begin;
    for (;;) {
      const more = await this.#read(file, this.#sizes.next);
      if (more === undefined || text.length > LONGEST_TAIL) return;
      if (more === "") break;
      text += more;
    }
    this.checksum = "none";
    const [, generation, sum] =
      /^\}(?:,"generation":(\d{1,16}))?(?:,"crc32":"([\da-f]{8})")?\}$/.exec(text) ?? [];
    if (sum !== undefined) {
      const covered = generation === undefined ? "}" : "}" + generationMember(generation, "");
      if (hexadecimal(crc32(covered, this.#crc)) !== sum) return;
      this.checksum = "right";
    } else if (/offsetTable|crc32|\\u/.test(text)) return;
    if (isTail(text)) this.end = "whole";
  }
}

/** Whether a text may follow the entries of a table. */
function isTail(text: string): boolean {
  try {
    parseSnapshot(`${HEAD}{${text}`, undefined);
    return true;
  } catch (error) {
    if (error instanceof OffsetFileSyntaxError) return false;
    throw error;
  }
}
