import { nodeFileSystem } from "../../../mod.ts";
import { journalOf } from "../../../src/file/paths.ts";
import { quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { matches, type QueueFilter } from "../changing/select_queues.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import { pathOperand } from "../command_line/hint.ts";
import { errorJson } from "../command_line/report_error.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { readToShow } from "../reading/read_table.ts";
import { resolveMain } from "../reading/resolve_main.ts";
import { TableStream } from "../reading/table_stream.ts";
import { refuseEmpty, summaryOf, writerOf } from "../output/show_output.ts";

/** About 100,000 queues: a shorter file is shown as soon. */
const LONG = 8_000_000;

/**
 * Shows a long file while it is read.
 *
 * @param long How many bytes a file has at least.
 * @returns The exit code; `undefined` if nothing was printed, since the file is short, or in another
 *   form, or has a journal, which could change any row.
 */
export async function showLongFile(
  path: string,
  filter: QueueFilter,
  args: Args,
  io: ToolIo,
  long = LONG,
): Promise<number | undefined> {
  const real = await resolveMain(path);
  const info = await nodeFileSystem.stat(real).catch(() => undefined);
  if (info?.kind !== "file" || info.size < long) return undefined;
  if (await nodeFileSystem.stat(journalOf(real)).catch(() => info) !== undefined) return undefined;
  const modified = new Date(Math.round(info.mtimeMs)).toISOString();
  const stream = new TableStream(real);
  const batches = stream.batches();
  // The general reader reports what the system refuses.
  let batch = await batches.next().catch(() => ({ done: true, value: undefined } as const));
  if (batch.done) return undefined;
  const writer = writerOf(args, { file: path, format: "go", modified }, io);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  let queues = 0;
  for (; !batch.done; batch = await batches.next()) {
    const selected = isFiltered ? batch.value.filter(([mq]) => matches(mq, filter)) : batch.value;
    queues += selected.length;
    if (selected.length > 0) writer.rows(selected);
    await io.flush?.();
  }
  const summary = summaryOf(queues, "go", info.mtimeMs, io) + "\n";
  try {
    const checksum = stream.end === "whole" ? stream.checksum : await judge(path, stream, io);
    if (queues === 0) refuseEmpty(path, (await readToShow("show", path, io)).table, filter);
    writer.end(summary, { queues, checksum, journalRecords: 0 });
    return checksum === "wrong" ? EXIT.finding : EXIT.ok;
  } catch (error) {
    if (!(error instanceof CommandError) || !args.flag("json")) throw error;
    writer.end(summary, { queues, checksum: null, journalRecords: 0, ...errorJson(error, io) });
    return error.exitCode;
  }
}

/** What the general reader says of a file that the stream did not come to the end of. */
async function judge(path: string, { end }: TableStream, io: ToolIo): Promise<string> {
  const { checksum } = await readToShow("show", path, io);
  if (end === "table") return checksum;
  throw new CommandError(
    `Cannot show the rest of ${quote(path)}: its queues are in no order from here on`,
    { text: "Show all of it with:", command: ["show", pathOperand(path), "--whole"] },
    { code: "bad", path },
  );
}
