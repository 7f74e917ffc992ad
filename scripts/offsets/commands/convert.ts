import { type OffsetFileFormat, serialize } from "../../../mod.ts";
import type { Command } from "../command_line/command.ts";
import { escape, escapeJson, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { jsonEntries, printJson } from "../output/json_output.ts";
import { countQueues } from "../output/plural.ts";
import { readAnyTable } from "../reading/read_table.ts";
import { writeOutput } from "../writing/write_output.ts";

const FORMATS: Readonly<Record<string, OffsetFileFormat>> = { go: "go", java: "java" };

export const convert: Command = {
  name: "convert",
  summary: "Write the offsets in Go's form or in Java's",
  usage: "convert FILE --to go|java [--out OUT] [--force]",
  operands: ["FILE"],
  options: {
    to: { value: "go|java", help: "the form to write" },
    out: { value: "OUT", help: "the file to write; without it, standard output" },
    force: { help: "replace OUT if it exists" },
  },
  details: "Java's client reads Java's form, and before 5.4 Go's; all others read Go's.\n" +
    "FILE may be one of ali-ons, too; there, -1 is 0 or none, and such a queue is left out.",
  examples: [
    "convert offsets.json --to go",
    "convert ~/.rocketmq_offsets_node/10.0.0.1@DEFAULT/g/offsets.json --to java",
    "convert offsets.json --to go --out ~/.rocketmq_client_go/10.0.0.1@DEFAULT/g/offset.json",
  ],
  async run(args, io) {
    const [path] = args.operands;
    const to = args.required("to");
    if (!Object.hasOwn(FORMATS, to)) args.fail(`--to ${quote(to)} is neither go nor java`);
    const format = FORMATS[to];
    const { table } = await readAnyTable("convert", path);
    const out = args.option("out");
    if (out !== undefined) {
      // Plain, as the other client itself would write it.
      await writeOutput(out, table, { format, checksum: false }, args, io);
    }
    if (args.flag("json")) {
      printJson(io, "convert", {
        file: path,
        format,
        out: out ?? null,
        offsets: jsonEntries(table),
      });
    } else if (out === undefined) {
      io.out(escapeJson(serialize(table, { format })));
    } else {
      io.out(`Written to ${escape(out)}: ${countQueues(table.size)} in ${format}'s form\n`);
    }
    return EXIT.ok;
  },
};
