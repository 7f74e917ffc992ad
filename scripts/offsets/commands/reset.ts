import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { planChanges, toChange } from "../changing/plan_changes.ts";
import { resetTarget, TARGET_OPTIONS } from "../changing/reset_target.ts";
import { FILTER_OPTIONS, filterOf, selectQueues } from "../changing/select_queues.ts";
import type { Command } from "../command_line/command.ts";
import { readTable } from "../reading/read_table.ts";

export const reset: Command = {
  name: "reset",
  summary: "Move all queues, or some, to other offsets",
  usage: "reset FILE --to-earliest|--to-offset N|--shift-by ±N|--to-latest-seen " +
    `[--topic T] [--broker B] [--queue N] [--force] ${CHANGE_USAGE}`,
  operands: ["FILE"],
  options: {
    ...TARGET_OPTIONS,
    ...FILTER_OPTIONS,
    force: { help: "with --to-offset: lower offsets, so that messages are consumed again" },
    ...CHANGE_OPTIONS,
  },
  details: "Only queues that the file holds are moved. A file does not know which messages the\n" +
    "brokers have. So the earliest offset is 0, for which a consumer takes the oldest\n" +
    "message that is there; a shift back ends at 0; and the latest offset is the\n" +
    `greatest that the files of the store hold.\n\n${CHANGE_DETAILS}`,
  examples: [
    "reset offset.json --to-earliest --topic orders",
    "reset offset.json --shift-by=-100 --broker broker-a --dry-run",
    "reset offset.json --to-latest-seen --yes",
  ],
  async run(args, io) {
    const [path] = args.operands;
    const filter = filterOf(args);
    const target = await resetTarget(args, path);
    const file = await readTable("reset", path);
    const changes = selectQueues("reset", path, file.table, filter)
      .map(([mq, from]) => ({ mq, from, to: target.of(mq, from) }));
    const lowering = args.flag("force") ? "wanted" : target.lowering;
    return await carryOut(planChanges(toChange(file), changes, { lowering }, io), args, io);
  },
};
