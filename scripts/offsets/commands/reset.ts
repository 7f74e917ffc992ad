import { applyChanges, refuseLowering, toChange } from "../writing/change_table.ts";
import type { Command } from "../command_line/command.ts";
import { quote } from "../../lib/escape.ts";
import { nothingSelected, parseOffset } from "../command_line/parse_values.ts";
import { readTable } from "../reading/read_table.ts";

export const reset: Command = {
  name: "reset",
  summary: "Set all queues, or those of a topic, to one offset",
  usage: "reset FILE --offset N [--topic T] [--force]",
  operands: ["FILE"],
  options: {
    offset: { value: "N", help: "the offset for every queue" },
    topic: { value: "T", help: "only the queues of this topic" },
    force: { help: "lower offsets: messages are consumed again" },
  },
  details: "Only queues that the table holds are set. The write is crash-safe, and the table\n" +
    "before becomes the backup.",
  examples: [
    "reset offset.json --offset 0 --force",
    "reset offset.json --topic orders --offset 1500",
  ],
  async run(args, io) {
    const [path] = args.operands;
    const to = parseOffset(args, args.required("offset"));
    const topic = args.option("topic");
    const file = await readTable("reset", path);
    const selected = topic === undefined ? file.table : file.table.forTopic(topic);
    if (topic !== undefined && selected.size === 0) {
      throw nothingSelected("reset topic", file.table, quote(topic));
    }
    const changes = [...selected].map(([mq, from]) => ({ mq, from, to }));
    refuseLowering(path, changes, args);
    return await applyChanges(toChange(file), changes, args, io);
  },
};
