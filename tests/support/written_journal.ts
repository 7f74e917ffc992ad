import fc from "fast-check";
import type { SnapshotId } from "../../src/core/format/journal_header.ts";
import { type Entry, offset, poolQueue } from "../../scripts/lib/arbitraries.ts";
import { headerOf, recordOf } from "./journal_lines.ts";

/** A journal as it was written, for tests that damage it. */
export class WrittenJournal {
  readonly snapshot: SnapshotId;
  readonly records: readonly (readonly Entry[])[];
  readonly bytes: Uint8Array;
  /** Where its lines begin; the first is the header. */
  readonly starts: readonly number[];

  constructor(snapshot: SnapshotId, records: readonly (readonly Entry[])[]) {
    this.snapshot = snapshot;
    this.records = records;
    const lines = [headerOf(snapshot), ...records.map((each) => recordOf(each))]
      .map((line) => new TextEncoder().encode(line));
    let end = 0;
    this.starts = lines.map(({ length }) => (end += length) - length);
    this.bytes = new Uint8Array(end);
    lines.forEach((line, i) => this.bytes.set(line, this.starts[i]));
  }

  /** Which line a byte is in. */
  lineAt(at: number): number {
    return this.starts.findLastIndex((start) => start <= at);
  }
}

const record: fc.Arbitrary<Entry[]> = fc.uniqueArray(fc.tuple(poolQueue, offset), {
  selector: ([mq]) => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]),
  minLength: 1,
  maxLength: 3,
});

/** The records of a few persists, each with at least one offset. */
export const records: fc.Arbitrary<Entry[][]> = fc.array(record, { minLength: 1, maxLength: 4 });

/** A journal with records. */
export const journal: fc.Arbitrary<WrittenJournal> = records.map((each) =>
  new WrittenJournal({ length: 1306, crc32: 0x89abcdef }, each)
);
