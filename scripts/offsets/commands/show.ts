import type { OffsetTable } from "../../../mod.ts";
import { describeWrite } from "../output/age.ts";
import type { AliOnsFile } from "../reading/ali_ons_file.ts";
import type { AppliedJournal } from "../reading/apply_journal.ts";
import type { Command } from "../command_line/command.ts";
import { quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { modifiedOf, type ValidInspection } from "../reading/inspect_file.ts";
import { type Io, paint } from "../../lib/io.ts";
import { jsonEntries, printJson } from "../output/json_output.ts";
import { nothingSelected } from "../command_line/parse_values.ts";
import { countQueues, countRecords } from "../output/plural.ts";
import { QUEUE_COLUMNS, queueCells } from "../output/queue_columns.ts";
import { readToShow } from "../reading/read_table.ts";
import { formatTable } from "../../lib/table.ts";
import { watch } from "../output/watch.ts";

export const show: Command = {
  name: "show",
  summary: "Show the offsets in a file",
  usage: "show FILE [--topic T] [--watch]",
  operands: ["FILE"],
  options: {
    topic: { value: "T", help: "only the queues of this topic" },
    watch: { help: "follow the file, with each queue's rate over the last 30 seconds" },
  },
  details:
    "Only this one file is read, in the form of Go, Java or ali-ons, with its journal if there\n" +
    "is one; a backup can be shown too. Of a file of ali-ons, a queue at -1, which is 0 or none,\n" +
    "is left out. One with a wrong checksum is shown with a warning and exit code 1.\n" +
    "With --watch, end it with Ctrl-C; --json then prints one line a change.",
  examples: [
    "show ~/.rocketmq_client_go/10.0.0.1@DEFAULT/orders-group/offset.json",
    "show offset.json --topic orders --watch",
    "show offset.json --json",
  ],
  async run(args, io) {
    const [path] = args.operands;
    const topic = args.option("topic");
    if (args.flag("watch")) return await watch(path, topic, args.flag("json"), io);
    const file = await readToShow("show", path, io);
    const table = topic === undefined ? file.table : file.table.forTopic(topic);
    if (topic !== undefined && table.size === 0) {
      throw nothingSelected("show topic", file.table, quote(topic), EXIT.finding);
    }
    if (args.flag("json")) printJson(io, "show", jsonOf(file, table));
    else io.out(textOf(file, table, io));
    return file.checksum === "wrong" ? EXIT.finding : EXIT.ok;
  },
};

function jsonOf(file: ValidInspection | AliOnsFile, table: OffsetTable) {
  const { path, format, checksum, journal } = file;
  const modified = new Date(modifiedOf(file)).toISOString();
  const journalRecords = journal?.records ?? 0;
  return { file: path, format, checksum, modified, journalRecords, offsets: jsonEntries(table) };
}

function textOf(file: ValidInspection | AliOnsFile, table: OffsetTable, io: Io): string {
  const rows = [...table].map(([mq, offset]) => [
    ...queueCells(mq),
    String(offset),
  ]);
  const age = describeWrite(io.now() - modifiedOf(file));
  return formatTable(COLUMNS, rows, (cell, row) => row < 0 ? paint(io, "bold", cell) : cell) +
    paint(io, "dim", `${countQueues(table.size)}, ${file.format}'s form, ${age}`) +
    journalLine(file.journal, io) + "\n";
}

function journalLine(journal: AppliedJournal | undefined, io: Io): string {
  if (journal === undefined) return "";
  const { records, reason } = journal;
  const added = records === 0 ? "" : paint(io, "dim", `, and ${countRecords(records)}`);
  return added + (reason === undefined ? "" : paint(io, "yellow", `\nThe journal: ${reason}`));
}

const COLUMNS = [
  ...QUEUE_COLUMNS,
  { title: "OFFSET", align: "right" },
] as const;
