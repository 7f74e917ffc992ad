import { OffsetTable } from "../../../mod.ts";
import {
  applyChanges,
  type ChangedFile,
  refuseLowering,
  toChange,
} from "../writing/change_table.ts";
import type { Command } from "../command_line/command.ts";
import { formatForName, readSnapshot } from "../reading/inspect_file.ts";
import { inspectStore } from "../reading/store_files.ts";
import { parseOffset, parseQueueId } from "../command_line/parse_values.ts";
import { readTable } from "../reading/read_table.ts";

export const set: Command = {
  name: "set",
  summary: "Set the offset of one queue",
  usage: "set FILE --topic T --broker B --queue N OFFSET [--create] [--force]",
  operands: ["FILE", "OFFSET"],
  options: {
    topic: { value: "T", help: "the queue's topic" },
    broker: { value: "B", help: "the queue's broker name" },
    queue: { value: "N", help: "the queue's number" },
    create: { help: "make the file if there is none" },
    force: { help: "lower the offset: messages are consumed again" },
  },
  details: "The queue is added if the table lacks it. The write is crash-safe, and the table\n" +
    "before becomes the backup. The file keeps its form, Go's or Java's.",
  examples: [
    "set offset.json --topic orders --broker broker-a --queue 0 1500",
    "set offset.json --topic orders --broker broker-a --queue 0 0 --force",
  ],
  async run(args, io) {
    const [path, text] = args.operands;
    const offset = parseOffset(args, text);
    const mq = {
      topic: args.required("topic"),
      brokerName: args.required("broker"),
      queueId: parseQueueId(args, args.required("queue")),
    };
    const file = args.flag("create") && await isFresh(path)
      ? newFile(path)
      : toChange(await readTable("set an offset in", path));
    const changes = [{ mq, from: file.table.get(mq), to: offset }];
    refuseLowering(path, changes, args);
    return await applyChanges(file, changes, args, io);
  },
};

function newFile(path: string): ChangedFile {
  const format = formatForName(path) ?? "go";
  return { path, table: OffsetTable.empty, format, info: undefined, withChecksum: true };
}

/** A missing main beside a backup is a store to rescue, not a new one. */
async function isFresh(path: string): Promise<boolean> {
  if ((await readSnapshot(path)).state !== "missing") return false;
  const { backup, leftovers, journal } = await inspectStore(path);
  return backup.state === "missing" && journal.is === "missing" && leftovers.length === 0;
}
