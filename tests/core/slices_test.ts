/** Walks over a whole table are done in slices: others have a turn after each, and at no other time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetTable, serialize } from "../../src/core/mod.ts";
import { crc32 } from "../../src/core/format/crc32.ts";
import { parseInSlices } from "../../src/core/format/parse.ts";
import { readJournalInSlices } from "../../src/core/format/read_journal.ts";
import { mergeInSlices } from "../../src/core/rules/merge_max.ts";
import { SLICE, type Slices } from "../../src/core/slices.ts";
import { OffsetColumn } from "../../src/core/table/offset_column.ts";
import { copyEntries, equalsInSlices } from "../../src/core/table/offset_table.ts";
import { QueueIndex } from "../../src/core/table/queue_index.ts";
import { headerOf, recordOf } from "../support/journal_lines.ts";

const SIZES = [1, SLICE, SLICE + 1, 3 * SLICE];

const tableOf = (size: number) =>
  OffsetTable.from(
    Array.from({ length: size }, (_, queueId) =>
      [{ topic: "t", brokerName: "b", queueId }, queueId] as const),
  );

/** The walks by name: of a table of a size, and how many queues come before the first turn. */
const WALKS: Record<string, { walk: (table: OffsetTable) => Slices<unknown>; first: number }> = {
  "a comparison": { walk: (table) => equalsInSlices(table, tableOf(table.size)), first: 1 },
  "a copy of the entries": {
    walk: (table) => copyEntries(table, { index: new QueueIndex(), offsets: new OffsetColumn() }),
    first: 1,
  },
  "a merge that raises nothing": { walk: (table) => mergeInSlices(table, table), first: 1 },
  "the general reader": {
    walk: (table) => parseInSlices(serialize(table, { format: "java" }), undefined),
    first: SLICE + 1,
  },
};

for (const [what, { walk, first }] of Object.entries(WALKS)) {
  test(`P1 ${what} has a turn after each slice of queues, and at no other time`, () => {
    for (const size of SIZES) {
      const turns = size < first ? 0 : 1 + Math.floor((size - first) / SLICE);
      assert.deepEqual([...walk(tableOf(size))], Array(turns).fill(SLICE), `${size} queues`);
    }
  });
}

test("P1 J2 a journal has a turn after each line: a queue's work for each KB of its text", () => {
  const lines = [headerOf({ length: 0, crc32: 0 }), "12345678 damaged\n", recordOf([])];
  const turns = [...readJournalInSlices(new TextEncoder().encode(lines.join("")), crc32)];
  assert.deepEqual(turns, lines.map((line) => (line.length - "12345678 \n".length) / 1024));
});

test("P1 a comparison ends with the first queue that differs", () => {
  const [one, other] = [tableOf(3 * SLICE), tableOf(3 * SLICE)];
  const changed = OffsetTable.from([
    ...other,
    [{ topic: "t", brokerName: "b", queueId: SLICE }, 0],
  ]);
  assert.ok([...equalsInSlices(one, changed)].length < 3);
});
