import { nodeFileSystem } from "../../../mod.ts";
import { escape, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { formatTable } from "../../lib/table.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { pathOperand } from "../command_line/hint.ts";
import { shellWord } from "../command_line/shell_word.ts";
import { hint } from "../command_line/tool_io.ts";
import { formatAge } from "../output/age.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";
import { printJson } from "../output/json_output.ts";
import { resolveMain } from "../reading/resolve_main.ts";
import { canBeUndone, readUndoFiles, type UndoFile } from "../undo/undo_files.ts";
import type { ChangeCounts } from "../undo/undo_text.ts";

export const history: Command = {
  name: "history",
  summary: "List the changes that this tool has made to a store",
  usage: "history FILE",
  operands: ["FILE"],
  options: {},
  details:
    "The last ten changes are kept, or fewer if what the store held before them takes more\n" +
    "than 64 MiB. Lists who made each, with which command, and how many offsets it\n" +
    "added, deleted, raised and lowered. The exit code is 0 if there are none, too.",
  examples: ["history offset.json", "history offset.json --json"],
  async run(args, io) {
    const [path] = args.operands;
    const main = await resolveMain(path);
    const kept = await readUndoFiles(nodeFileSystem, main).catch((error) => {
      throw new CommandError(
        `Cannot list the changes of ${quote(path)}: ${describeSystemError(error)}`,
        nextStepAfter(error),
        { path, cause: error },
      );
    });
    if (args.flag("json")) {
      printJson(io, "history", { file: path, changes: kept.map(jsonOf) });
    } else if (kept.length === 0) {
      io.out(`No change of ${escape(path)} is kept\n`);
    } else {
      const rows = kept.map((file, i) => cellsOf(file, path, i + 1, io.now()));
      // A pipe gets the command lines whole.
      io.out(formatTable(COLUMNS, rows, undefined, io.size?.()?.columns));
      const last = kept.findIndex(canBeUndone) + 1;
      if (last > 0) {
        const number = last === 1 ? [] : [String(last)];
        const next = { text: "To go back:", command: ["undo", pathOperand(path), ...number] };
        io.out(`${escape(hint(io, next))}\n`);
      }
    }
    return EXIT.ok;
  },
};

const COLUMNS = [
  { title: "N", align: "right" },
  { title: "AGE", align: "right" },
  { title: "USER" },
  { title: "PID", align: "right" },
  { title: "CHANGES" },
  { title: "COMMAND", shortens: "end", least: 20 },
] as const;

/** @param main The file that is asked for; it is left out of the command lines. */
function cellsOf(
  file: UndoFile,
  main: string,
  number: number,
  now: number,
): string[] {
  const { path, content } = file;
  if ("fault" in content) return [String(number), "", "", "", content.fault, path];
  const { time, author: { user, pid, command }, changes } = content;
  return [
    String(number),
    formatAge(now - time),
    user ?? "",
    String(pid),
    countsText(changes) + (canBeUndone(file) ? "" : ", for good"),
    command.filter((word) => word !== main).map(shellWord).join(" "),
  ];
}

function countsText(counts: ChangeCounts): string {
  const words = Object.entries(counts).filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
  return words.join(", ") || "none";
}

function jsonOf({ path, size, content }: UndoFile, index: number): unknown {
  const common = { number: index + 1, path, bytes: size };
  if ("fault" in content) return { ...common, fault: content.fault };
  const { time, author, changes, main, table } = content;
  const at = new Date(time).toISOString();
  return { ...common, time: at, ...author, main, queues: table.size, ...changes };
}
