/** Whatever becomes of a journal's bytes, nothing is read from it that was not written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetFileSyntaxError, OffsetTable } from "../../../src/core/mod.ts";
import { type JournalContent, readJournal } from "../../../src/core/format/read_journal.ts";
import { check } from "../../support/check.ts";
import { journal, type WrittenJournal } from "../../support/written_journal.ts";

const NEWLINE = 0x0a;

/** Asserts that the whole records before a line are read, and that the tear is told. */
function assertCut(written: WrittenJournal, read: JournalContent, line: number, tear = true): void {
  const { table, ...rest } = read;
  // The first line is the header.
  const records = Math.max(0, line - 1);
  assert.deepEqual(rest, {
    snapshot: line === 0 ? undefined : written.snapshot,
    records,
    tornAt: tear ? written.starts[line] : undefined,
  });
  assert.deepEqual([...table], [...OffsetTable.from(written.records.slice(0, records).flat())]);
}

test("J2 any one byte changed: the last line is cut, and any other damage is refused", () => {
  check(
    fc.property(journal, fc.integer({ min: 1, max: 255 }), (written, mask) => {
      for (let at = 0; at < written.bytes.length; at++) {
        for (const byte of new Set([written.bytes[at] ^ mask, NEWLINE])) {
          if (byte === written.bytes[at]) continue;
          const line = written.lineAt(at);
          const read = () => readJournal(written.bytes.with(at, byte));
          // Without its end a line is one with the next.
          const isLast = at >= written.starts.at(-1)! - 1;
          if (isLast) assertCut(written, read(), line);
          else assert.throws(read, refusedAt(written.starts[line]), `byte ${at} is ${byte}`);
        }
      }
    }),
    { numRuns: 30 },
  );
});

function refusedAt(position: number) {
  return (error: unknown) => {
    assert.ok(error instanceof OffsetFileSyntaxError);
    assert.equal(error.position, position);
    return true;
  };
}

test("J2 cut anywhere, or zeros from anywhere to the end: the whole records before are read", () => {
  check(
    fc.property(journal, (written) => {
      for (let from = 0; from < written.bytes.length; from++) {
        const line = written.lineAt(from);
        const isBetween = written.starts[line] === from;
        assertCut(written, readJournal(written.bytes.slice(0, from)), line, !isBetween);
        // Zeros where a line would begin are room for it.
        assertCut(written, readJournal(written.bytes.slice().fill(0, from)), line, !isBetween);
      }
    }),
    { numRuns: 30 },
  );
});
