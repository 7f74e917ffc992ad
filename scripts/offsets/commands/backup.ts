import { basename } from "node:path";
import type { Command } from "../command_line/command.ts";
import { copyPair } from "../writing/copy_pair.ts";
import { escape } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { printJson } from "../output/json_output.ts";
import { countQueues, countRecords } from "../output/plural.ts";
import { readPair } from "../reading/read_pair.ts";

export const backup: Command = {
  name: "backup",
  summary: "Copy main and its journal to a directory, while the consumer runs",
  usage: "backup FILE DIR",
  operands: ["FILE", "DIR"],
  options: {},
  details: "The journal is read first, then main: if the consumer folds the journal into\n" +
    "main in between, main holds all that the journal says. The other way round, an\n" +
    "old main would meet a newer journal, whose records are lost; tar may read them\n" +
    "so. The pair is checked, and read again if it changed meanwhile. DIR must be\n" +
    "new or empty; the copies are synced.\n\n" +
    "To restore, stop the consumer, remove the .journal that lies beside its main\n" +
    "file, and copy all files of DIR there.",
  examples: [
    "backup ~/.rocketmq_client_go/10.0.0.1@DEFAULT/g/offset.json /backup/offsets-monday",
    "backup offset.json copy --json",
  ],
  async run(args, io) {
    const [path, directory] = args.operands;
    const pair = await readPair(path, io);
    await copyPair(pair, directory, basename(path));
    const { main, journal, records, attempts } = pair;
    const queues = pair.table.size;
    if (args.flag("json")) {
      printJson(io, "backup", {
        ...{ file: path, directory, queues, records, attempts },
        bytes: main.bytes.length + (journal?.bytes.length ?? 0),
      });
    } else {
      const added = journal === undefined ? "" : ` with ${countRecords(records)}`;
      io.out(`Copied ${escape(path)} to ${escape(directory)}: ${countQueues(queues)}${added}\n`);
    }
    return EXIT.ok;
  },
};
