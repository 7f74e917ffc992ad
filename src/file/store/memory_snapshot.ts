import type { MessageQueue } from "../../core/table/message_queue.ts";
import type { Offset } from "../../core/table/offset.ts";
import { OffsetTable } from "../../core/table/offset_table.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import type { MemoryTable } from "./memory_table.ts";

/** Copies what memory holds, of one topic or of all, to a table that later updates do not change. */
export function snapshotOf(memory: MemoryTable, index: QueueIndex, topic?: string): OffsetTable {
  return OffsetTable.from(entriesOf(memory, index, topic));
}

function* entriesOf(
  memory: MemoryTable,
  index: QueueIndex,
  topic: string | undefined,
): Generator<[MessageQueue, Offset]> {
  for (const slot of topic === undefined ? slotsOf(index) : index.ofTopic(topic)) {
    const offset = memory.get(slot);
    if (offset !== undefined) yield [index.queueAt(slot), offset];
  }
}

function* slotsOf({ size }: QueueIndex): Generator<number> {
  for (let slot = 0; slot < size; slot++) yield slot;
}
