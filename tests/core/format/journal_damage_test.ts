/** The reader of a damaged journal answers nothing that was not written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable } from "../../../src/core/mod.ts";
import {
  type JournalContent,
  type JournalDamage,
  readJournal,
} from "../../../src/core/format/read_journal.ts";
import { check } from "../../support/check.ts";
import { journal, type WrittenJournal } from "../../support/written_journal.ts";

const NEWLINE = 0x0a;

/** Asserts that the whole records before a line are read, and that the damage is reported. */
function assertCut(
  written: WrittenJournal,
  { header, records, table, damage }: JournalContent,
  line: number,
  kind: JournalDamage["kind"] | "none",
): void {
  // The first line is the header.
  const whole = Math.max(0, line - 1);
  assert.deepEqual(header?.snapshot, line === 0 ? undefined : written.snapshot);
  assert.equal(records, whole);
  assert.deepEqual([...table], [...OffsetTable.from(written.records.slice(0, whole).flat())]);
  assert.equal(damage?.kind ?? "none", kind);
  if (damage !== undefined) assert.equal(damage.position, written.starts[line]);
}

test("J2 any one byte changed: a damaged last line is torn, any other damage is corruption", () => {
  check(
    fc.property(journal, fc.integer({ min: 1, max: 255 }), (written, mask) => {
      for (let at = 0; at < written.bytes.length; at++) {
        for (const byte of new Set([written.bytes[at] ^ mask, NEWLINE])) {
          if (byte === written.bytes[at]) continue;
          // Without its newline a line is one with the next. Another newline makes two lines of one.
          const isOneBadLine = at >= written.starts.at(-1)! - 1 && byte !== NEWLINE;
          const read = readJournal(written.bytes.with(at, byte));
          assertCut(written, read, written.lineAt(at), isOneBadLine ? "torn" : "corrupt");
        }
      }
    }),
    { numRuns: 30 },
  );
});

test("J2 cut anywhere, or zeros from anywhere to the end: the whole records before are read", () => {
  check(
    fc.property(journal, (written) => {
      for (let from = 0; from < written.bytes.length; from++) {
        const line = written.lineAt(from);
        const kind = written.starts[line] === from ? "none" : "torn";
        assertCut(written, readJournal(written.bytes.slice(0, from)), line, kind);
        // Zeros where a line would begin are room for it.
        assertCut(written, readJournal(written.bytes.slice().fill(0, from)), line, kind);
      }
    }),
    { numRuns: 30 },
  );
});

test("J2 a crash during the last write, whichever blocks it leaves as zeros, is no corruption", () => {
  const block = fc.integer({ min: 1, max: 16 });
  check(
    fc.property(
      journal,
      block,
      fc.array(fc.boolean()),
      fc.nat(100),
      (written, size, kept, room) => {
        const start = written.starts.at(-1)!;
        const bytes = new Uint8Array(written.bytes.length + room);
        bytes.set(written.bytes.subarray(0, start));
        for (let i = 0, at = start; at < written.bytes.length; i++, at += size) {
          if (kept[i] ?? i % 2 === 0) bytes.set(written.bytes.subarray(at, at + size), at);
        }
        const line = written.starts.length - 1;
        const rest = bytes.subarray(start);
        const isNothing = rest.every((byte) => byte === 0);
        if (isNothing) return assertCut(written, readJournal(bytes), line, "none");
        const isWhole = written.bytes.every((byte, at) => byte === bytes[at]);
        const lines = line + (isWhole ? 1 : 0);
        assertCut(written, readJournal(bytes), lines, isWhole ? "none" : "torn");
      },
    ),
    { numRuns: 300 },
  );
});

test("J2 two damaged records at the end are corruption, whatever damages them", () => {
  check(
    fc.property(journal, fc.nat(), fc.nat(), (written, one, other) => {
      const { starts, bytes } = written;
      if (starts.length < 3) return;
      const damaged = bytes.slice();
      const [from, last] = [starts.at(-2)!, starts.at(-1)!];
      // The newline between them stays: without it they are one line.
      damaged[from + one % (last - 1 - from)] ^= 0x80;
      damaged[last + other % (bytes.length - last)] ^= 0x80;
      assertCut(written, readJournal(damaged), starts.length - 2, "corrupt");
    }),
  );
});

test("J2 a damaged record with good ones behind it is corruption, whatever damages it", () => {
  check(
    fc.property(
      journal,
      fc.nat(),
      fc.uint8Array({ minLength: 1, max: 255 }),
      (written, at, junk) => {
        const { starts, bytes } = written;
        const line = at % (starts.length - 1);
        const rest = bytes.subarray(starts[line + 1]);
        const damaged = Uint8Array.from([
          ...bytes.subarray(0, starts[line]),
          ...junk.map((byte) => byte | 0x80),
          NEWLINE,
          ...rest,
        ]);
        assertCut(written, readJournal(damaged), line, "corrupt");
      },
    ),
  );
});
