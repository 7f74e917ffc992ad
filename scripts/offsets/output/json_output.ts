import type { MessageQueue, Offset, OffsetTable } from "../../../mod.ts";
import type { Io } from "../../lib/io.ts";

/** A queue and its offset as JSON; int64 does not fit a JSON number in most readers. */
export interface JsonEntry extends MessageQueue {
  readonly offset: string;
}

export function jsonEntry([mq, offset]: readonly [MessageQueue, Offset]): JsonEntry {
  return { ...mq, offset: String(offset) };
}

export function jsonEntries(table: OffsetTable): JsonEntry[] {
  return [...table].map(jsonEntry);
}

export function printJson(io: Io, value: unknown): void {
  io.out(JSON.stringify(value, undefined, 2) + "\n");
}
