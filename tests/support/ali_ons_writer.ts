/** Writes as ali-ons 3.12 does, an oracle that shares no code with the reader. */
import type { MessageQueue, Offset } from "../../src/core/mod.ts";

export function aliOnsKey({ topic, brokerName, queueId }: MessageQueue): string {
  return `[topic="${topic}", brokerName="${brokerName}", queueId="${queueId}"]`;
}

/** The text of a file: a double for each offset, and -1 for 0. */
export function aliOnsText(entries: Iterable<readonly [MessageQueue, Offset]>): string {
  const offsetTable: Record<string, number> = {};
  for (const [mq, offset] of entries) offsetTable[aliOnsKey(mq)] = Number(offset) || -1;
  return JSON.stringify({ offsetTable });
}
