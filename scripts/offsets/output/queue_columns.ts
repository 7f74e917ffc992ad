import type { MessageQueue } from "../../../mod.ts";
import type { Column } from "../../lib/table.ts";

/** The columns that name a queue, at the left of every table of queues. */
export const QUEUE_COLUMNS: readonly Column[] = [
  { title: "TOPIC" },
  { title: "BROKER" },
  { title: "QUEUE", align: "right" },
];

/** A queue's cells in these columns. */
export function queueCells({ topic, brokerName, queueId }: MessageQueue): string[] {
  return [topic, brokerName, String(queueId)];
}
