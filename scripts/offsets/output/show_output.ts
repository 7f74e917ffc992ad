import type { OffsetTable } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { paint } from "../../lib/io.ts";
import { describe, nearMiss, type QueueFilter } from "../changing/select_queues.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { describeWrite } from "./age.ts";
import { countQueues } from "./plural.ts";
import { CsvWriter, JsonWriter, type RowWriter, TableWriter } from "./row_writer.ts";

/** Prints the rows in the form that the options choose. */
export function writerOf(
  args: Args,
  head: Readonly<Record<string, unknown>>,
  io: ToolIo,
): RowWriter {
  if (args.flag("json")) return new JsonWriter(io, { command: "show", ...head });
  return args.flag("csv") ? new CsvWriter(io) : new TableWriter(io);
}

/**
 * Refuses a filter that selects nothing.
 *
 * @throws {CommandError} With the exit code of a finding.
 */
export function refuseEmpty(path: string, table: OffsetTable, filter: QueueFilter): void {
  if (Object.values(filter).every((value) => value === undefined)) return;
  throw new CommandError(
    `Cannot show ${quote(path)}: it holds no ${describe(filter)}`,
    nearMiss(table, filter),
    { code: "no-match", path, exitCode: EXIT.finding },
  );
}

/** The last line for a person, without its end. */
export function summaryOf(queues: number, format: string, modified: number, io: ToolIo): string {
  const age = describeWrite(io.now() - modified);
  return paint(io, "dim", `${countQueues(queues)}, ${format}'s form, ${age}`);
}
