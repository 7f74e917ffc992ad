import { nodeFileSystem } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { changesBetween } from "../changing/change.ts";
import { planChanges, toChange } from "../changing/plan_changes.ts";
import type { Args } from "../command_line/args.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { pathOperand } from "../command_line/hint.ts";
import { readTable } from "../reading/read_table.ts";
import { resolveMain } from "../reading/resolve_main.ts";
import { canBeUndone, readUndoFiles, type UndoFile } from "../undo/undo_files.ts";
import type { UndoRecord } from "../undo/undo_text.ts";

export const undo: Command = {
  name: "undo",
  summary: "Go back to what a store held before a change",
  usage: `undo FILE [N] ${CHANGE_USAGE}`,
  operands: ["FILE", "[N]"],
  options: CHANGE_OPTIONS,
  details: "N counts the changes that history lists: 1, which is meant without it, is the last\n" +
    "one. To go back is a change, too: undo once more takes it back. Offsets that a\n" +
    `consumer has reached since go back as well.\n\n${CHANGE_DETAILS}`,
  examples: ["undo offset.json", "undo offset.json 3 --yes"],
  async run(args, io) {
    const [path, text = "1"] = args.operands;
    const number = numberOf(text, args);
    const file = await readTable("undo a change of", path);
    const kept = await readUndoFiles(nodeFileSystem, await resolveMain(path));
    const { table, format, checksum } = stateBefore(path, number, kept);
    const changes = changesBetween(file.table, table);
    const options = { lowering: "wanted", format, checksum } as const;
    const plan = planChanges(toChange(file), changes, options, io);
    const nothing = `${path} holds what it held before change ${number}: nothing to undo`;
    return await carryOut({ ...plan, nothing }, args, io);
  },
};

function numberOf(text: string, args: Args): number {
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  args.fail(`${quote(text)} is not the number of a change, such as 1 for the last one`);
}

function stateBefore(path: string, number: number, kept: readonly UndoFile[]): UndoRecord {
  const file = kept[number - 1] ?? { content: { fault: `${countKept(kept.length)} kept` } };
  const { content } = file;
  if ("table" in content && canBeUndone(file)) return content;
  const [state, next] = "fault" in content
    ? [content.fault, { text: "See the changes with:", command: ["history", pathOperand(path)] }]
    : ["main held no table before it", "The bad file is beside it, with .corrupt- in its name."];
  throw new CommandError(
    `Cannot undo change ${number} of ${quote(path)}: ${state}`,
    next,
    { code: "no-match", path },
  );
}

function countKept(count: number): string {
  return count === 0 ? "none is" : count === 1 ? "only 1 is" : `only ${count} are`;
}
