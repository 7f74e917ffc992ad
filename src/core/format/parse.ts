import { atOnce, SLICE, type Slices } from "../slices.ts";
import { CanonicalEntries } from "./canonical_entries.ts";
import { checksumInSlices, coveredText, piecesOf } from "./checksum.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import { type Generation, parseGeneration } from "./generation.ts";
import { JsonScanner } from "./json_scanner.ts";
import { OffsetColumn } from "../table/offset_column.ts";
import { OffsetFileChecksumError } from "./offset_file_checksum_error.ts";
import { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";
import { type OffsetTable, tableOf, type TableParts } from "../table/offset_table.ts";
import { QueueIndex } from "../table/queue_index.ts";
import { namesOf, readQueue, readStringKey } from "./read_queue.ts";
import { canonicalChecksum } from "./serialize.ts";

/**
 * Reads the text of an offset file, in Go's form (keys are JSON text in a string) or Java's (keys
 * are objects); the two may even be mixed.
 *
 * White space, the order of a key's fields, unknown members and duplicate keys (the last counts)
 * are read as Go's reader reads them (S5). Everything else is refused: a torn file is never half
 * read (S6).
 *
 * A `crc32` member is compared with the table; a file without one is accepted, since no other
 * client writes it.
 *
 * @param text The text, already decoded; see `decode` for bytes.
 * @param options `verifyChecksum`: whether a wrong checksum is refused (`true` by default).
 * @returns The table, with every int64 exact (S1).
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
  return parseSnapshot(text, options.verifyChecksum === false ? undefined : crc32).table;
}

/** Everything that a snapshot says. */
export interface Snapshot {
  readonly table: OffsetTable;
  /** Its generation; `undefined` if it has none, or one that is no generation. */
  readonly generation: Generation | undefined;
  /** Whether it has a checksum. A verified checksum is right. */
  readonly checksum: "none" | "verified" | "not verified";
}

/** Reads a snapshot as `parse` does; the given function verifies the checksum, if there is one. */
export function parseSnapshot(text: string, crc: Crc32 | undefined): Snapshot {
  return atOnce(parseInSlices(text, crc));
}

/** The same in slices. */
export function* parseInSlices(text: string, crc: Crc32 | undefined): Slices<Snapshot> {
  const scanner: JsonScanner = new JsonScanner(text);
  if (text.startsWith("\ufeff")) scanner.fail("the text begins with a byte order mark");
  const members: { table?: Found<OffsetTable>; generation?: Found<void>; crc32?: Found<void> } = {};
  for (const name of namesOf(scanner, "the file")) {
    if (name === "offsetTable") members.table = yield* locate(scanner, readTable(scanner));
    else if (name === "generation") members.generation = yield* locate(scanner, skip(scanner));
    else if (name === "crc32") members.crc32 = yield* locate(scanner, skip(scanner));
    else scanner.skipValue();
  }
  if (scanner.peek() !== "") scanner.fail(`expected the end, found ${scanner.found()}`);
  const { table, generation, crc32: checksum } = members;
  if (table === undefined) scanner.fail('the file has no "offsetTable"');
  const isVerified = checksum !== undefined && crc !== undefined;
  if (isVerified) yield* verifyChecksum(checksum, table, generation?.text, crc);
  return {
    table: table.value,
    generation: generation && parseGeneration(generation.text),
    checksum: checksum === undefined ? "none" : isVerified ? "verified" : "not verified",
  };
}

/** A value, and the text that it was read from. */
interface Found<T> {
  readonly value: T;
  readonly text: string;
  readonly position: number;
}

function* locate<T>(scanner: JsonScanner, reading: Slices<T>): Slices<Found<T>> {
  scanner.peek();
  const { position } = scanner;
  const value = yield* reading;
  // The scanner may have skipped the space behind the value too.
  return { value, position, text: scanner.text.slice(position, scanner.position).trimEnd() };
}

// deno-lint-ignore require-yield
function* skip(scanner: JsonScanner): Slices<void> {
  scanner.skipValue();
}

function* verifyChecksum(
  checksum: Found<void>,
  table: Found<OffsetTable>,
  generation: string | undefined,
  crc: Crc32,
): Slices<void> {
  const matches = (sum: string) => checksum.text === `"${sum}"`;
  // The text of this module's own files is canonical as it stands, except in Java's form.
  const covered = coveredText(table.text, generation);
  if (matches(yield* checksumInSlices(piecesOf(covered), crc))) return;
  const canonical = yield* canonicalChecksum(table.value, generation, crc);
  if (matches(canonical)) return;
  const expected = checksum.text.replaceAll('"', "");
  throw new OffsetFileChecksumError(checksum.position, expected, canonical);
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

/** Bisects: a prefix decodes as the beginning of a stream only if the fault lies behind it. */
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

function* readTable(scanner: JsonScanner): Slices<OffsetTable> {
  const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
  scanner.expect("{", "to open the offset table");
  const entries = new CanonicalEntries(parts);
  scanner.position = yield* entries.read(scanner.text, scanner.position);
  if (!scanner.take("}")) {
    if (parts.offsets.size === 0) readEntry(scanner, parts);
    for (let read = 1; scanner.take(","); read++) {
      readEntry(scanner, parts);
      if (read % SLICE === 0) yield SLICE;
    }
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
