import { crc32 } from "node:zlib";
import { journalHeader, journalRecord } from "../../src/core/journal.ts";
import type { MessageQueue } from "../../src/core/message_queue.ts";
import { QueueIndex } from "../../src/core/queue_index.ts";
import { queue } from "./store_directory.ts";

/** A journal that extends a file with this text; each record has queues 0, 1, … at its offsets. */
export function journalText(snapshot: string, ...records: readonly (readonly bigint[])[]): string {
  const texts = records.map((offsets) =>
    recordText(...offsets.map((offset, id) => [queue(id), offset] as const))
  );
  return headerText(snapshot) + texts.join("");
}

/** The first line of a journal, which may claim another length of the file. */
export function headerText(snapshot: string, length = snapshot.length): string {
  return journalHeader({ length, crc32: crc32(snapshot) });
}

/** A line of it. */
export function recordText(...entries: readonly (readonly [MessageQueue, bigint])[]): string {
  const index = new QueueIndex();
  const slots = Uint32Array.from(entries, ([mq]) => index.add(mq));
  return journalRecord(index, slots, BigInt64Array.from(entries, ([, offset]) => offset));
}
