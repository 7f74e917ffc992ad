import type { MessageQueue } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { type ChangedFile, newFile, planChanges, toChange } from "../changing/plan_changes.ts";
import { describe, nearMiss } from "../changing/select_queues.ts";
import type { Args } from "../command_line/args.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { parseOffset, parseQueueId } from "../command_line/parse_values.ts";
import { formatForName } from "../reading/inspect_file.ts";
import { isFresh } from "../reading/is_fresh.ts";
import { readTable } from "../reading/read_table.ts";

export const set: Command = {
  name: "set",
  summary: "Set the offset of one queue",
  usage:
    `set FILE --topic T --broker B --queue N OFFSET [--add|--create] [--force] ${CHANGE_USAGE}`,
  operands: ["FILE", "OFFSET"],
  options: {
    topic: { value: "T", help: "the queue's topic" },
    broker: { value: "B", help: "the queue's broker name" },
    queue: { value: "N", help: "the queue's number" },
    add: { help: "add the queue if the file does not hold it" },
    create: { help: "make the file if there is none" },
    force: { help: "lower the offset: messages are consumed again" },
    ...CHANGE_OPTIONS,
  },
  details: `The file keeps its form, Go's or Java's.\n\n${CHANGE_DETAILS}`,
  examples: [
    "set offset.json --topic orders --broker broker-a --queue 0 1500",
    "set offset.json --topic orders --broker broker-a --queue 0 0 --force --yes",
  ],
  async run(args, io) {
    const [path, text] = args.operands;
    const offset = parseOffset(args, text);
    const mq = {
      topic: args.required("topic"),
      brokerName: args.required("broker"),
      queueId: parseQueueId(args, args.required("queue")),
    };
    const isNew = args.flag("create") && await isFresh(path);
    const file = isNew
      ? newFile(path, formatForName(path) ?? "go")
      : toChange(await readTable("set an offset in", path));
    if (!isNew) refuseNewQueue(file, mq, args);
    const changes = [{ mq, from: file.table.get(mq), to: offset }];
    const lowering = args.flag("force") ? "wanted" : "refused";
    return await carryOut(planChanges(file, changes, { lowering }, io), args, io);
  },
};

/** No consumer reads the offset of a mistyped queue. */
function refuseNewQueue({ path, table }: ChangedFile, mq: MessageQueue, args: Args): void {
  if (args.flag("add") || table.has(mq)) return;
  throw new CommandError(
    `Cannot set an offset in ${quote(path)}: it holds no ${describe(mq)}`,
    `${nearMiss(table, mq)} To add the queue, use --add.`,
    { code: "no-match", path },
  );
}
