import { readMembers } from "./read_queue.ts";
import { JsonScanner } from "./json_scanner.ts";
import type { MessageQueue } from "../table/message_queue.ts";
import { NO_OFFSET, type Offset } from "../table/offset.ts";
import { OffsetTable } from "../table/offset_table.ts";

/**
 * Reads the text of an offset file in the form of `ali-ons`, the JavaScript client: keys such as
 * `[topic="t", brokerName="b", queueId="0"]`, and offsets that are doubles.
 *
 * The client writes `-1` for a queue at offset 0 and for a queue without an offset. The file does
 * not tell them apart, so such a queue is left out of the table.
 *
 * The client does not escape the names in a key, and rounds offsets beyond 2^53 − 1. A key that can
 * be read in two ways and an offset that may be rounded are refused, and so is everything that the
 * client does not write. Only white space and unknown members of the file are skipped.
 *
 * @param text The text, already decoded; see `decode` for bytes.
 * @returns The table; its offsets are from 0 to 2^53 − 1.
 * @throws {OffsetFileSyntaxError} If the text is not such a file, or is ambiguous; it says where
 *   and why.
 *
 * @example
 * ```ts
 * import { parseAliOns } from "@offsetstore/rocketmq/core";
 *
 * const key = JSON.stringify('[topic="orders", brokerName="b", queueId="0"]');
 * const table = parseAliOns(`{"offsetTable":{${key}:42}}`);
 * const mq = { topic: "orders", brokerName: "b", queueId: 0 };
 * if (table.get(mq) !== 42n) throw new Error("the offset is 42");
 * ```
 */
export function parseAliOns(text: string): OffsetTable {
  const scanner: JsonScanner = new JsonScanner(text);
  if (text.startsWith("\ufeff")) scanner.fail("the text begins with a byte order mark");
  let entries: Entry[] | undefined;
  readMembers(scanner, "the file", (name) => {
    if (name !== "offsetTable") return scanner.skipValue();
    if (entries !== undefined) scanner.fail('the file has a second "offsetTable"');
    entries = readEntries(scanner);
  });
  if (scanner.peek() !== "") scanner.fail(`expected the end, found ${scanner.found()}`);
  if (entries === undefined) scanner.fail('the file has no "offsetTable"');
  return OffsetTable.from(entries);
}

type Entry = readonly [MessageQueue, Offset];

function readEntries(scanner: JsonScanner): Entry[] {
  const entries: Entry[] = [];
  const keys = new Set<string>();
  scanner.expect("{", "to open the offset table");
  if (scanner.take("}")) return entries;
  do {
    scanner.peek();
    const start = scanner.position;
    const key = scanner.string("a queue");
    const mq = queueOf(key, (reason) => scanner.fail(reason, start));
    // Two keys are equal exactly if their queues are: each queue has one spelling.
    if (keys.has(key)) scanner.fail("the queue is there twice", start);
    keys.add(key);
    scanner.expect(":", "after a queue");
    const offset = readOffset(scanner);
    if (offset !== NO_OFFSET) entries.push([mq, offset]);
  } while (scanner.take(","));
  scanner.expect("}", 'or "," in the offset table');
  return entries;
}

function readOffset(scanner: JsonScanner): Offset {
  scanner.peek();
  const start = scanner.position;
  const offset = scanner.integer("an offset", 64);
  if (offset < NO_OFFSET) scanner.fail("an offset is less than -1", start);
  if (offset > Number.MAX_SAFE_INTEGER) {
    scanner.fail("an offset is greater than 2^53 - 1, and the client has rounded it", start);
  }
  return offset;
}

/** The queue id holds no quote, so its place is certain. Before it are two names, unescaped. */
const KEY = /^\[topic="(.*)", queueId="(0|-?[1-9][0-9]{0,9})"\]$/s;
const BETWEEN_NAMES = '", brokerName="';

function queueOf(key: string, fail: (reason: string) => never): MessageQueue {
  const [, names, id] = KEY.exec(key) ??
    fail('the key is not [topic="…", brokerName="…", queueId="…"]');
  const end = names.indexOf(BETWEEN_NAMES);
  if (end === -1) fail('the key has no brokerName="…"');
  // Names that hold the text between them can be split at more than one place.
  if (names.indexOf(BETWEEN_NAMES, end + 1) !== -1) fail("the key can be read as several queues");
  if (!names.isWellFormed()) fail("a name in the key holds a lone surrogate");
  const queueId = Number(id);
  if ((queueId | 0) !== queueId) fail("a queue id is not an int32");
  return {
    topic: names.slice(0, end),
    brokerName: names.slice(end + BETWEEN_NAMES.length),
    queueId,
  };
}
