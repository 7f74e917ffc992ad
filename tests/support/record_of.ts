import type { Crc32 } from "../../src/core/crc32.ts";
import { journalRecord } from "../../src/core/journal.ts";
import { QueueIndex } from "../../src/core/queue_index.ts";
import type { Entry } from "./arbitraries.ts";

/** The line of a journal that sets these queues, with the given function's checksum. */
export function recordOf(entries: readonly Entry[], crc?: Crc32): string {
  const index = new QueueIndex();
  const slots = Uint32Array.from(entries, ([mq]) => index.add(mq));
  const offsets = BigInt64Array.from(entries, ([, offset]) => BigInt(offset));
  return journalRecord(index, slots, offsets, crc);
}
