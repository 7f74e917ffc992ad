import { mergeMax } from "../../../mod.ts";
import type { Command } from "../command_line/command.ts";
import { escape } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { formatForName } from "../reading/inspect_file.ts";
import { jsonEntries, printJson } from "../output/json_output.ts";
import { countQueues } from "../output/plural.ts";
import { readTable } from "../reading/read_table.ts";
import { writeOutput } from "../writing/write_output.ts";

export const merge: Command = {
  name: "merge",
  summary: "Write the greater offset of each queue of two files",
  usage: "merge A B --out C [--force]",
  operands: ["A", "B"],
  options: {
    out: { value: "C", help: "the file to write" },
    force: { help: "replace C if it exists" },
  },
  details:
    "The result holds the queues of both. It is in Java's form if it is called offsets.json,\n" +
    "in Go's if it is called offset.json, else in that of A. It bears a checksum, which other\n" +
    "clients skip.",
  examples: ["merge old/offset.json new/offset.json --out merged/offset.json"],
  async run(args, io) {
    const [a, b] = args.operands;
    const out = args.required("out");
    const [left, right] = [await readTable("merge", a), await readTable("merge", b)];
    const table = mergeMax(left.table, right.table);
    const format = formatForName(out) ?? left.format;
    await writeOutput(out, table, { format, checksum: true }, args, io);
    if (args.flag("json")) {
      printJson(io, "merge", { a, b, out, format, offsets: jsonEntries(table) });
    } else {
      io.out(`Written to ${escape(out)}: ${countQueues(table.size)} in ${format}'s form\n`);
    }
    return EXIT.ok;
  },
};
