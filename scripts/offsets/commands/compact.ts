import type { Command } from "../command_line/command.ts";
import { escape } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { printJson } from "../output/json_output.ts";
import { countQueues, countRecords } from "../output/plural.ts";
import { readTable } from "../reading/read_table.ts";
import { writeStore } from "../writing/write_store.ts";

export const compact: Command = {
  name: "compact",
  summary: "Write main with the records of its journal, which goes",
  usage: "compact FILE",
  operands: ["FILE"],
  options: {},
  details:
    "A consumer that was killed leaves its journal, which other clients do not read; this\n" +
    "makes one plain file of both. The write is crash-safe, and the table before becomes the\n" +
    "backup. Without a journal nothing is done.",
  examples: ["compact offset.json", "compact offset.json --json"],
  async run(args, io) {
    const [path] = args.operands;
    const file = await readTable("compact", path);
    const { table, format, checksum, info, generation, journal } = file;
    if (journal !== undefined) {
      await writeStore(path, table, {
        format,
        checksum: checksum !== "none",
        replaces: info,
        generation,
        journal,
        rotate: true,
        io,
      });
    }
    const records = journal?.records ?? 0;
    if (args.flag("json")) {
      printJson(io, "compact", { file: path, records, compacted: journal !== undefined });
    } else if (journal === undefined) {
      io.out(`${escape(path)} has no journal: nothing to compact\n`);
    } else {
      io.out(`Written to ${escape(path)}: ${countQueues(table.size)}, ${countRecords(records)}\n`);
    }
    return EXIT.ok;
  },
};
