import { quote } from "../../lib/escape.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import type { Plan } from "../changing/plan.ts";
import { toChange, writeChanges } from "../changing/plan_changes.ts";
import type { Command } from "../command_line/command.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { countRecords } from "../output/plural.ts";
import type { ValidInspection } from "../reading/inspect_file.ts";
import { readTable } from "../reading/read_table.ts";

export const compact: Command = {
  name: "compact",
  summary: "Write main with the records of its journal, which goes",
  usage: `compact FILE ${CHANGE_USAGE}`,
  operands: ["FILE"],
  options: CHANGE_OPTIONS,
  details:
    "A consumer that was killed leaves its journal, which other clients do not read; this\n" +
    `makes one plain file of both. Without a journal nothing is done.\n\n${CHANGE_DETAILS}`,
  examples: ["compact offset.json", "compact offset.json --yes --json"],
  async run(args, io) {
    const [path] = args.operands;
    return await carryOut(planOf(await readTable("compact", path), io), args, io);
  },
};

function planOf(file: ValidInspection, io: ToolIo): Plan {
  const { path, journal } = file;
  const changed = toChange(file);
  const records = journal?.records ?? 0;
  const action = journal?.relation === "foreign"
    ? "Keep a journal of another file aside"
    : `Write main with ${countRecords(records)}, and remove the journal`;
  return {
    path,
    nothing: `${path} has no journal: nothing to compact`,
    question: `Compact ${quote(path)}?`,
    changes: [],
    actions: journal === undefined ? [] : [action],
    warnings: [],
    atRest: [path],
    facts: { records },
    carryOut: () => writeChanges(changed, [], changed, io),
  };
}
