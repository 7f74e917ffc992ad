/** The lines of a journal as texts. */
import { hexadecimal } from "../../src/core/format/checksum.ts";
import { type Crc32, crc32 } from "../../src/core/format/crc32.ts";
import { Int64Array } from "../../src/core/table/int64_array.ts";
import type { JournalHeader, SnapshotId } from "../../src/core/format/journal_header.ts";
import { JournalEncoder } from "../../src/core/format/journal_encoder.ts";
import { QueueIndex } from "../../src/core/table/queue_index.ts";
import type { Entry } from "../../scripts/lib/arbitraries.ts";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The first line, with the given function's checksum. */
export function headerOf(
  snapshot: SnapshotId,
  crc?: Crc32,
  { generation = 7, durability = "full" }: Partial<JournalHeader> = {},
): string {
  return decode(new JournalEncoder(crc).header({ snapshot, generation, durability }));
}

/** The first line as version 0.1.0 wrote it. */
export function firstHeaderOf({ length, crc32: id }: SnapshotId): string {
  const text = `{"snapshot":{"length":${length},"crc32":"${hexadecimal(id)}"}}`;
  return `${hexadecimal(crc32(new TextEncoder().encode(text)))} ${text}\n`;
}

/** The line that sets these queues. */
export function recordOf(entries: readonly Entry[], crc?: Crc32): string {
  const index = new QueueIndex();
  const slots = Uint32Array.from(entries, ([mq]) => index.add(mq));
  const offsets = Int64Array.of(...entries.map(([, offset]) => BigInt(offset)));
  return decode(new JournalEncoder(crc).record(index, slots, offsets));
}
