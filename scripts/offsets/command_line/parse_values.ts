import { type Offset, type OffsetTable, toOffset } from "../../../mod.ts";
import type { Args } from "./args.ts";
import { CommandError } from "./command_error.ts";
import { quote } from "../../lib/escape.ts";

/** An offset on the command line: a position, so 0 or more, exact in the whole int64 range. */
export function parseOffset(args: Args, text: string): Offset {
  if (!/^[0-9]{1,19}$/.test(text)) {
    args.fail(`the offset ${quote(text)} is not a whole number from 0 to 9223372036854775807`);
  }
  try {
    return toOffset(BigInt(text));
  } catch {
    args.fail(`the offset ${quote(text)} is beyond int64, 9223372036854775807 is the greatest`);
  }
}

/** A queue id on the command line: an int32; Java and Go count queues from 0. */
export function parseQueueId(args: Args, text: string): number {
  const id = Number(text);
  if (!/^-?[0-9]{1,10}$/.test(text) || (id | 0) !== id) {
    args.fail(`the queue ${quote(text)} is not a queue number, such as 0 or 3`);
  }
  return id;
}

/** The error when a filter selects nothing: most often a name that is slightly different. */
export function nothingSelected(
  action: string,
  table: OffsetTable,
  wanted: string,
  exitCode?: number,
): CommandError {
  const topics = [...new Set([...table].map(([{ topic }]) => quote(topic)))];
  const more = topics.length > 10 ? ` and ${topics.length - 10} more` : "";
  return new CommandError(
    `Cannot ${action} ${wanted}: the file holds no such queue`,
    topics.length === 0
      ? "Its table is empty."
      : `Its topics are ${topics.slice(0, 10).join(", ")}${more}.`,
    { code: "no-match", exitCode },
  );
}
