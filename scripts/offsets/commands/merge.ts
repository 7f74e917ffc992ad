import { mergeMax } from "../../../mod.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { planOutput } from "../changing/plan_output.ts";
import type { Command } from "../command_line/command.ts";
import { formatForName } from "../reading/inspect_file.ts";
import { readTable } from "../reading/read_table.ts";

export const merge: Command = {
  name: "merge",
  summary: "Write the greatest offset of each queue of several files",
  usage: `merge A B… --out C [--force] ${CHANGE_USAGE}`,
  operands: ["A", "B…"],
  options: {
    out: { value: "C", help: "the file to write" },
    force: { help: "replace C if it exists" },
    ...CHANGE_OPTIONS,
  },
  details:
    "The result holds the queues of all. It is in Java's form if it is called offsets.json,\n" +
    "in Go's if it is called offset.json, else in that of A. It has a checksum, which other\n" +
    `clients skip.\n\n${CHANGE_DETAILS}`,
  examples: [
    "merge old/offset.json new/offset.json --out merged/offset.json",
    "merge */offset.json --out all.json --yes",
  ],
  async run(args, io) {
    const path = args.required("out");
    const files = await Array.fromAsync(args.operands, (each) => readTable("merge", each));
    const table = files.map((file) => file.table).reduce((all, each) => mergeMax(all, each));
    const format = formatForName(path) ?? files[0].format;
    const plan = await planOutput({ path, table, format, checksum: true }, args, io);
    return await carryOut({ ...plan, facts: { files: args.operands, format } }, args, io);
  },
};
