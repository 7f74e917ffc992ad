import { basename } from "node:path";
import { type OffsetFileFormat, serialize } from "../../../mod.ts";
import { escapeJson, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { planOutput } from "../changing/plan_output.ts";
import type { Command } from "../command_line/command.ts";
import { jsonEntries, printJson } from "../output/json_output.ts";
import { readSnapshot } from "../reading/inspect_file.ts";
import { readAnyTable } from "../reading/read_table.ts";

const FORMATS: Readonly<Record<string, OffsetFileFormat>> = { go: "go", java: "java" };

export const convert: Command = {
  name: "convert",
  summary: "Write the offsets in Go's form or in Java's",
  usage: `convert FILE --to go|java [--out OUT] [--force] ${CHANGE_USAGE}`,
  operands: ["FILE"],
  options: {
    to: { value: "go|java", help: "the form to write" },
    out: { value: "OUT", help: "the file to write; without it, standard output" },
    force: { help: "replace OUT if it exists" },
    ...CHANGE_OPTIONS,
  },
  details: "Java's client reads Java's form, and before 5.4 Go's; all others read Go's.\n" +
    "FILE may be one of ali-ons, too; there, -1 is 0 or none, and such a queue is left out.\n\n" +
    CHANGE_DETAILS,
  examples: [
    "convert offsets.json --to go",
    "convert ~/.rocketmq_offsets_node/10.0.0.1@DEFAULT/g/offsets.json --to java",
    "convert offsets.json --to go --out ~/.rocketmq_client_go/10.0.0.1@DEFAULT/g/offset.json",
  ],
  async run(args, io) {
    const [file] = args.operands;
    const to = args.required("to");
    if (!Object.hasOwn(FORMATS, to)) args.fail(`--to ${quote(to)} is neither go nor java`);
    const format = FORMATS[to];
    const { table } = await readAnyTable("convert", file);
    const path = args.option("out");
    if (path === undefined) {
      const facts = { file, format, out: null, offsets: jsonEntries(table) };
      if (args.flag("json")) printJson(io, "convert", facts);
      else io.out(escapeJson(serialize(table, { format })));
      return EXIT.ok;
    }
    const warnings = format === "go" ? await javaWarnings(path) : [];
    // Plain, as the other client itself would write it.
    const plan = await planOutput({ path, table, format, checksum: false, warnings }, args, io);
    return await carryOut({ ...plan, facts: { source: file, format } }, args, io);
  },
};

/** Java from 5.4 on takes a file in Go's form for an empty table (tests/interop/FINDINGS.md). */
async function javaWarnings(path: string): Promise<string[]> {
  const present = await readSnapshot(path);
  const isJava = basename(path) === "offsets.json" ||
    (present.state === "valid" && present.table.size > 0 && present.format === "java");
  return isJava
    ? ["a Java consumer reads this file, and from 5.4 on it starts over if it is in Go's form"]
    : [];
}
