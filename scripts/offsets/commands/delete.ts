import { applyChanges, toChange } from "../writing/change_table.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { quote } from "../../lib/escape.ts";
import { nothingSelected, parseQueueId } from "../command_line/parse_values.ts";
import { readTable } from "../reading/read_table.ts";

export const deleteCommand: Command = {
  name: "delete",
  summary: "Delete the offsets of a topic, a broker or a queue",
  usage: "delete FILE --topic T [--broker B] [--queue N] --force",
  operands: ["FILE"],
  options: {
    topic: { value: "T", help: "the topic to delete" },
    broker: { value: "B", help: "only its queues on this broker" },
    queue: { value: "N", help: "only its queues of this number" },
    force: { help: "really delete: the positions are forgotten" },
  },
  details: "A consumer without an offset starts where its configuration says, and so skips or\n" +
    "repeats messages. The write is crash-safe, and the table before becomes the backup.",
  examples: [
    "delete offset.json --topic retired --force",
    "delete offset.json --topic orders --broker broker-a --queue 3 --force",
  ],
  async run(args, io) {
    const [path] = args.operands;
    const topic = args.required("topic");
    const broker = args.option("broker");
    const queueText = args.option("queue");
    const queue = queueText === undefined ? undefined : parseQueueId(args, queueText);
    const file = await readTable("delete from", path);
    const changes = [...file.table.forTopic(topic)]
      .filter(([mq]) => broker === undefined || mq.brokerName === broker)
      .filter(([mq]) => queue === undefined || mq.queueId === queue)
      .map(([mq, from]) => ({ mq, from, to: undefined }));
    if (changes.length === 0) {
      const wanted = [quote(topic), broker && `on ${quote(broker)}`, queueText && `#${queueText}`];
      throw nothingSelected("delete", file.table, wanted.filter(Boolean).join(" "));
    }
    if (!args.flag("force")) {
      const count = changes.length === 1 ? "1 position" : `${changes.length} positions`;
      throw new CommandError(
        `Cannot delete from ${quote(path)}: ${count} would be forgotten`,
        "The consumer would skip or repeat messages; if that is wanted, add --force.",
        { code: "refused", path },
      );
    }
    return await applyChanges(toChange(file), changes, args, io);
  },
};
