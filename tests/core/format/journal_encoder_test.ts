/** The lines that one encoder writes, one after the other in the same memory. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import { JournalEncoder } from "../../../src/core/format/journal_encoder.ts";
import { formatHeader } from "../../../src/core/format/journal_header.ts";
import { OffsetTable, serialize } from "../../../src/core/mod.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { anyQueue, type Entry, offset } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

/** What a first line says. */
const headerOf = (length: number) => ({
  snapshot: { length, crc32: length },
  generation: 1 + length,
  durability: "full" as const,
});

const encode = (text: string) => new TextEncoder().encode(text);

/** A line as a text that is encoded as a whole. */
function line(text: string): Uint8Array {
  return encode(`${crc32(encode(text)).toString(16).padStart(8, "0")} ${text}\n`);
}

/** A record is a file in Go's form; its queues are in the order of the slots. */
function recordOf(encoder: JournalEncoder, entries: readonly Entry[]): Uint8Array {
  const index = new QueueIndex();
  entries.forEach(([mq]) => index.add(mq));
  const slots = Uint32Array.from(index.order().flatMap((run) => [...run.slots]));
  const table = OffsetTable.from(entries);
  const offsets = Int64Array.of(...Array.from(slots, (slot) => table.get(index.queueAt(slot))!));
  return encoder.record(index, slots, offsets);
}

test("J2 a line is the text of its record and its checksum, whatever was written before", () => {
  const records = fc.array(fc.array(fc.tuple(anyQueue, offset), { maxLength: 5 }), {
    minLength: 1,
    maxLength: 6,
  });
  check(fc.property(records, fc.nat(), (records, length) => {
    const encoder = new JournalEncoder();
    const header = headerOf(length);
    assert.deepEqual(encoder.header(header), line(formatHeader(header)));
    for (const record of records) {
      assert.deepEqual(recordOf(encoder, record), line(serialize(OffsetTable.from(record))));
    }
  }));
});

test("J2 a line may have any length, in letters of one byte, two, or three", () => {
  const encoder = new JournalEncoder();
  for (const letter of ["t", "é", "消"]) {
    for (const letters of [1, 2_700, 2_730, 4_100, 8_100, 8_200, 10_000, 40_000]) {
      const record: Entry[] = [[
        { topic: letter.repeat(letters), brokerName: "b", queueId: 1 },
        2n,
      ]];
      assert.deepEqual(recordOf(encoder, record), line(serialize(OffsetTable.from(record))));
      assert.deepEqual(recordOf(encoder, []), line('{"offsetTable":{}}'));
    }
  }
});

test("J2 short lines share one memory, and each is valid until the next one is made", () => {
  const encoder = new JournalEncoder();
  const first = encoder.header(headerOf(1));
  const copy = first.slice();
  const second = encoder.header(headerOf(2));
  assert.equal(second.buffer, first.buffer);
  assert.notDeepEqual(first, copy);
});

test("J2 the memory of a long line is released", () => {
  const encoder = new JournalEncoder();
  const long = recordOf(encoder, [[
    { topic: "t".repeat(40_000), brokerName: "b", queueId: 1 },
    2n,
  ]]);
  assert.ok(long.buffer.byteLength >= 40_000);
  const { buffer } = encoder.header(headerOf(1));
  assert.ok(buffer.byteLength < 10_000);
  assert.equal(encoder.header(headerOf(2)).buffer, buffer);
});
