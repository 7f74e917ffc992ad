import { checksumOf } from "./checksum.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import { JsonScanner } from "./json_scanner.ts";
import type { MessageQueue } from "./message_queue.ts";
import { OffsetColumn } from "./offset_column.ts";
import { OffsetFileChecksumError } from "./offset_file_checksum_error.ts";
import { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";
import { type OffsetTable, tableOf, type TableParts } from "./offset_table.ts";
import { QueueIndex } from "./queue_index.ts";
import { readCanonicalEntries } from "./read_canonical_entries.ts";
import { canonicalText } from "./serialize.ts";

/**
 * Reads the text of an offset file, in Go's form (keys are JSON text in a string) or Java's (keys
 * are objects); the two may even be mixed.
 *
 * White space, the order of a key's fields, unknown members and duplicate keys (the last counts)
 * are as Go's reader takes them. Everything else is refused: a torn file is never half read.
 *
 * A `crc32` member is compared with the table; a file without one is accepted, since no other
 * client writes it.
 *
 * @param text The text, already decoded; see `decode` for bytes.
 * @param options `verifyChecksum`: whether a wrong checksum is refused (`true` by default).
 * @returns The table, with every int64 exact.
 * @throws {OffsetFileSyntaxError} If the text is not an offset file; it says where and why.
 * @throws {OffsetFileChecksumError} If only the checksum is wrong.
 *
 * @example
 * ```ts
 * import { OffsetTable, parse, serialize } from "@offsetstore/rocketmq/core";
 *
 * const table = OffsetTable.from([[{ topic: "orders", brokerName: "b", queueId: 0 }, 42]]);
 * if (!parse(serialize(table)).equals(table)) throw new Error("a round trip changes nothing");
 * ```
 */
export function parse(text: string, options: { verifyChecksum?: boolean } = {}): OffsetTable {
  return parseWith(text, options.verifyChecksum === false ? undefined : crc32);
}

/** As `parse`; the checksum is verified with the given function, or not at all. */
export function parseWith(text: string, crc: Crc32 | undefined): OffsetTable {
  const scanner: JsonScanner = new JsonScanner(text);
  if (text.startsWith("\ufeff")) scanner.fail("the text begins with a byte order mark");
  const found: { table?: Found<OffsetTable>; checksum?: Found<void> } = {};
  readMembers(scanner, "the file", (name) => {
    if (name === "offsetTable") found.table = locate(scanner, () => readTable(scanner));
    else if (name === "crc32") found.checksum = locate(scanner, () => scanner.skipValue());
    else scanner.skipValue();
  });
  if (scanner.peek() !== "") scanner.fail(`expected the end, found ${scanner.found()}`);
  if (found.table === undefined) scanner.fail('the file has no "offsetTable"');
  if (found.checksum !== undefined && crc !== undefined) {
    verifyChecksum(found.checksum, found.table, crc);
  }
  return found.table.value;
}

/** A value, and the text that it was read from. */
interface Found<T> {
  readonly value: T;
  readonly text: string;
  readonly position: number;
}

function locate<T>(scanner: JsonScanner, read: () => T): Found<T> {
  scanner.peek();
  const { position } = scanner;
  const value = read();
  // What is skipped may include the space behind it.
  return { value, position, text: scanner.text.slice(position, scanner.position).trimEnd() };
}

function verifyChecksum(checksum: Found<void>, table: Found<OffsetTable>, crc: Crc32): void {
  const matches = (text: string) => checksum.text === `"${checksumOf(text, crc)}"`;
  // What this module wrote is canonical as it stands, unless it is in Java's form.
  if (matches(table.text) || matches(canonicalText(table.value))) return;
  const expected = checksum.text.replaceAll('"', "");
  const actual = checksumOf(canonicalText(table.value), crc);
  throw new OffsetFileChecksumError(checksum.position, expected, actual);
}

/**
 * Decodes the bytes of an offset file.
 *
 * @param bytes The file's content.
 * @returns Its text; a byte order mark stays, for `parse` to refuse.
 * @throws {OffsetFileSyntaxError} If the bytes are not UTF-8; the position counts bytes.
 *
 * @example
 * ```ts
 * import { decode, parse } from "@offsetstore/rocketmq/core";
 *
 * const bytes = new TextEncoder().encode('{"offsetTable":{}}');
 * if (parse(decode(bytes)).size !== 0) throw new Error("the table is empty");
 * ```
 */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new OffsetFileSyntaxError(firstBadByte(bytes), "the bytes are not UTF-8");
  }
}

/** Bisects: a prefix decodes, as the beginning of a stream, just when the fault is behind it. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true });
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}

function readMembers(scanner: JsonScanner, what: string, member: (name: string) => void): void {
  scanner.expect("{", `to open ${what}`);
  if (scanner.take("}")) return;
  do {
    const name = scanner.string("a member's name");
    scanner.expect(":", "after a member's name");
    member(name);
  } while (scanner.take(","));
  scanner.expect("}", `or "," in ${what}`);
}

function readTable(scanner: JsonScanner): OffsetTable {
  const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
  scanner.expect("{", "to open the offset table");
  scanner.position = readCanonicalEntries(scanner.text, scanner.position, decodeKey, parts);
  if (!scanner.take("}")) {
    if (parts.offsets.size === 0) readEntry(scanner, parts);
    while (scanner.take(",")) readEntry(scanner, parts);
    scanner.expect("}", 'or "," in the offset table');
  }
  return tableOf(parts);
}

function readEntry(scanner: JsonScanner, { index, offsets }: TableParts): void {
  const mq = scanner.peek() === "{" ? readQueue(scanner) : readStringKey(scanner);
  scanner.expect(":", "after a queue");
  const offset = scanner.integer("an offset", 64);
  offsets.set(index.add(mq), offset);
}

function decodeKey(key: string): MessageQueue {
  return readStringKey(new JsonScanner(key));
}

/** Reads a key that begins at the scanner's position, as `readQueue` does. */
function readStringKey(scanner: JsonScanner): MessageQueue {
  const start = scanner.position;
  // Positions inside the key are of no use outside it: the key's own place is reported.
  const key: JsonScanner = new JsonScanner(
    scanner.string("a queue"),
    (reason) => scanner.fail(`the key is not a message queue, ${reason}`, start),
  );
  const mq = readQueue(key);
  if (key.peek() !== "") key.fail(`expected the end of the key, found ${key.found()}`);
  return mq;
}

function readQueue(scanner: JsonScanner): MessageQueue {
  const start = scanner.position;
  const mq: { -readonly [field in keyof MessageQueue]?: MessageQueue[field] } = {};
  readMembers(scanner, "a message queue", (name) => {
    if (name === "topic") mq.topic = readName(scanner, "a topic");
    else if (name === "brokerName") mq.brokerName = readName(scanner, "a broker name");
    else if (name === "queueId") mq.queueId = Number(scanner.integer("a queue id", 32));
    else scanner.skipValue();
  });
  const { topic, brokerName, queueId } = mq;
  if (topic === undefined) scanner.fail('a message queue has no "topic"', start);
  if (brokerName === undefined) scanner.fail('a message queue has no "brokerName"', start);
  if (queueId === undefined) scanner.fail('a message queue has no "queueId"', start);
  return { topic, brokerName, queueId };
}

function readName(scanner: JsonScanner, what: string): string {
  scanner.peek();
  const start = scanner.position;
  const name = scanner.string(what);
  if (!name.isWellFormed()) scanner.fail(`${what} holds a lone surrogate`, start);
  return name;
}
