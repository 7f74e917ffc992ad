import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { planChanges, toChange } from "../changing/plan_changes.ts";
import { FILTER_OPTIONS, filterOf, selectQueues } from "../changing/select_queues.ts";
import type { Command } from "../command_line/command.ts";
import { readTable } from "../reading/read_table.ts";

export const deleteCommand: Command = {
  name: "delete",
  summary: "Delete the offsets of a topic, a broker or a queue",
  usage: `delete FILE --topic T [--broker B] [--queue N] ${CHANGE_USAGE}`,
  operands: ["FILE"],
  options: {
    ...FILTER_OPTIONS,
    topic: { value: "T", help: "the topic to delete" },
    ...CHANGE_OPTIONS,
  },
  details: "A consumer without an offset starts where its configuration says, and so skips or\n" +
    `repeats messages.\n\n${CHANGE_DETAILS}`,
  examples: [
    "delete offset.json --topic retired",
    "delete offset.json --topic orders --broker broker-a --queue 3 --yes",
  ],
  async run(args, io) {
    const [path] = args.operands;
    args.required("topic");
    const filter = filterOf(args);
    const file = await readTable("delete from", path);
    const changes = selectQueues("delete from", path, file.table, filter)
      .map(([mq, from]) => ({ mq, from }));
    const warnings = ["a consumer without an offset starts where its configuration says"];
    const plan = planChanges(toChange(file), changes, { lowering: "refused", warnings }, io);
    return await carryOut(plan, args, io);
  },
};
