import { basename } from "node:path";
import { quote } from "../../lib/escape.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { newFile, planChanges, toChange } from "../changing/plan_changes.ts";
import type { Command } from "../command_line/command.ts";
import { formatForName } from "../reading/inspect_file.ts";
import { isFresh } from "../reading/is_fresh.ts";
import { readTable } from "../reading/read_table.ts";
import { storeIn } from "../reading/store_in.ts";

export const adopt: Command = {
  name: "adopt",
  summary: "Start a new client where an old one ended",
  usage: `adopt OLD --to NEW [--force] ${CHANGE_USAGE}`,
  operands: ["OLD"],
  options: {
    to: { value: "NEW", help: "the store of the new client, made if it is not there" },
    force: { help: "lower offsets that NEW has reached already" },
    ...CHANGE_OPTIONS,
  },
  details:
    "Go's clients have their process id in their client id by default, so each start makes\n" +
    "a new store and begins anew. OLD and NEW are main files, or their directories. NEW gets\n" +
    "the offsets of OLD; what only NEW holds stays. OLD stays as it is.\n\n" + CHANGE_DETAILS,
  examples: [
    "adopt 10.0.0.7@4711/orders --to 10.0.0.7@5022/orders",
    "adopt old/offset.json --to new/offset.json --yes",
  ],
  async run(args, io) {
    const old = await storeIn(args.operands[0]);
    const path = await storeIn(args.required("to"), basename(old));
    if (old === path) args.fail(`--to ${quote(path)} is the same store`);
    const { table } = await readTable("adopt", old);
    const file = await isFresh(path)
      ? newFile(path, formatForName(path) ?? "go")
      : toChange(await readTable("adopt into", path));
    const changes = [...table].map(([mq, to]) => ({ mq, from: file.table.get(mq), to }));
    const lowering = args.flag("force") ? "wanted" : "refused";
    const plan = planChanges(file, changes, { lowering, alsoAtRest: [old] }, io);
    return await carryOut({ ...plan, facts: { adopted: old } }, args, io);
  },
};
