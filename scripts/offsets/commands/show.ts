import { EXIT } from "../../lib/exit_code.ts";
import { paint } from "../../lib/io.ts";
import { FILTER_OPTIONS, filterOf, matches, type QueueFilter } from "../changing/select_queues.ts";
import type { Args } from "../command_line/args.ts";
import type { Command } from "../command_line/command.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { countRecords } from "../output/plural.ts";
import { refuseEmpty, summaryOf, writerOf } from "../output/show_output.ts";
import { watch } from "../output/watch.ts";
import type { AliOnsFile } from "../reading/ali_ons_file.ts";
import type { AppliedJournal } from "../reading/apply_journal.ts";
import { modifiedOf, type ValidInspection } from "../reading/inspect_file.ts";
import { readInput, STANDARD_INPUT } from "../reading/read_input.ts";
import { readToShow } from "../reading/read_table.ts";
import { showLongFile } from "./show_long_file.ts";

/** So many queues are printed at a time. */
const BATCH = 10_000;

export const show: Command = {
  name: "show",
  summary: "Show the offsets in a file",
  usage: "show FILE [--topic T] [--broker B] [--queue N] [--csv] [--whole]\n" +
    "                    [--watch [--sort rate|name]]",
  operands: ["FILE"],
  options: {
    ...FILTER_OPTIONS,
    csv: { help: "print comma-separated values: topic,brokerName,queueId,offset" },
    whole: { help: "read all of a long file before the first row is shown, and sort it" },
    watch: { help: "follow the file, with each queue's rate over the last 30 seconds" },
    sort: {
      value: "rate|name",
      choices: ["rate", "name"],
      help:
        "which queues a watch shows if they do not fit the screen: the fastest (the default), " +
        "or the first by name",
    },
  },
  details:
    "Only this one file is read, in the form of Go, Java or ali-ons, with its journal if there\n" +
    "is one; a backup can be shown too, and - is standard input. Of a file of ali-ons, a queue at -1,\n" +
    "which is 0 or none, is left out. One with a wrong checksum is shown with a warning and exit\n" +
    "code 1.\n\n" +
    "A file of 8 MB or more that has no journal is shown while it is read, in its own order. If it\n" +
    "proves to be bad further down, the exit code says so, and what was shown is not to be used.\n\n" +
    "With --watch, end it with Ctrl-C; --json then prints one line a change.",
  examples: [
    "show ~/.rocketmq_client_go/10.0.0.1@DEFAULT/orders-group/offset.json",
    "show offset.json --topic orders --watch",
    "show - --csv < offset.json",
  ],
  async run(args, io) {
    const [path] = args.operands;
    const filter = filterOf(args);
    if (args.flag("csv") && args.flag("json")) args.fail("--csv and --json exclude each other");
    const sort = args.choice("sort") ?? "rate";
    if (args.flag("watch")) {
      return await watch(path, { filter, sort, isJson: args.flag("json") }, io);
    }
    if (path !== STANDARD_INPUT && !args.flag("whole")) {
      const code = await showLongFile(path, filter, args, io);
      if (code !== undefined) return code;
    }
    const file = path === STANDARD_INPUT
      ? await readInput("show", io)
      : await readToShow("show", path, io);
    await printWhole(file, filter, args, io);
    return file.checksum === "wrong" ? EXIT.finding : EXIT.ok;
  },
};

async function printWhole(
  file: ValidInspection | AliOnsFile,
  filter: QueueFilter,
  args: Args,
  io: ToolIo,
): Promise<void> {
  const { path, format, checksum, journal } = file;
  const selected = [...file.table].filter(([mq]) => matches(mq, filter));
  if (selected.length === 0) refuseEmpty(path, file.table, filter);
  const modified = new Date(modifiedOf(file)).toISOString();
  const writer = writerOf(args, { file: path, format, modified }, io);
  for (let i = 0; i < selected.length; i += BATCH) {
    writer.rows(selected.slice(i, i + BATCH));
    await io.flush?.();
  }
  writer.end(
    summaryOf(selected.length, format, modifiedOf(file), io) + journalLine(journal, io) + "\n",
    { queues: selected.length, checksum, journalRecords: journal?.records ?? 0 },
  );
}

function journalLine(journal: AppliedJournal | undefined, io: ToolIo): string {
  if (journal === undefined) return "";
  const { records, reason } = journal;
  const added = records === 0 ? "" : paint(io, "dim", `, and ${countRecords(records)}`);
  return added + (reason === undefined ? "" : paint(io, "yellow", `\nThe journal: ${reason}`));
}
