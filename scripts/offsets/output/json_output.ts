import type { MessageQueue, Offset, OffsetTable } from "../../../mod.ts";
import { escapeJson } from "../../lib/escape.ts";
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

/** Prints what a command found: one object, whose first member is the command's name. */
export function printJson(io: Io, command: string, value: Readonly<Record<string, unknown>>): void {
  io.out(escapeJson(JSON.stringify({ command, ...value }, undefined, 2)) + "\n");
}

/** The same on one line, for a command that prints one object after the other. */
export function printJsonLine(
  io: Io,
  command: string,
  value: Readonly<Record<string, unknown>>,
): void {
  io.out(escapeJson(JSON.stringify({ command, ...value })) + "\n");
}
