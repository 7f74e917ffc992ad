import type { Command } from "../command_line/command.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { FILTER_OPTIONS, filterOf, selectQueues } from "../changing/select_queues.ts";
import { csvLines } from "../exchange/csv.ts";
import { jsonEntries, printJson } from "../output/json_output.ts";
import { readAnyTable } from "../reading/read_table.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { OffsetTable } from "../../../mod.ts";

export const exportCommand: Command = {
  name: "export",
  summary: "Print the offsets as CSV or JSON, for import",
  usage: "export FILE --csv|--json [--topic T] [--broker B] [--queue N]",
  operands: ["FILE"],
  options: { csv: { help: "print CSV, with a line of titles" }, ...FILTER_OPTIONS },
  details: "The columns are topic, brokerName, queueId and offset. Every name and offset comes\n" +
    "back exactly with import. In CSV, a name that holds control characters, or begins\n" +
    "with a quotation mark, is written as JSON text.",
  examples: ["export offset.json --csv > offsets.csv", "export offset.json --json --topic orders"],
  async run(args, io) {
    const [path] = args.operands;
    if (args.flag("csv") === args.flag("json")) args.fail("it needs --csv or --json");
    const { table, format } = await readAnyTable("export", path);
    const selected = OffsetTable.from(selectQueues("export", path, table, filterOf(args)));
    if (args.flag("csv")) await printCsv(selected, io);
    else printJson(io, "export", { file: path, format, offsets: jsonEntries(selected) });
    return EXIT.ok;
  },
};

/** One write of many lines costs as much as one of a single line. */
const LINES_AT_ONCE = 4096;

async function printCsv(table: OffsetTable, io: ToolIo): Promise<void> {
  let lines: string[] = [];
  for (const line of csvLines(table)) {
    if (lines.push(line) < LINES_AT_ONCE) continue;
    io.out(lines.join(""));
    lines = [];
    await io.flush?.();
  }
  io.out(lines.join(""));
}
