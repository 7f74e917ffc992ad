import { type OffsetFileFormat, OffsetTable } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { ALI_ONS_STATE } from "../reading/ali_ons_file.ts";
import { findJournal, lonely } from "../reading/apply_journal.ts";
import {
  aliOnsOf,
  formatForName,
  infoOf,
  type Inspection,
  readSnapshot,
} from "../reading/inspect_file.ts";
import { type Before, changeStore } from "../writing/change_store.ts";
import { changesBetween } from "./change.ts";
import type { Done, Plan } from "./plan.ts";
import { doneOf } from "./plan_changes.ts";

/** A table that is to be written to a file of its own. */
export interface Output {
  readonly path: string;
  readonly table: OffsetTable;
  readonly format: OffsetFileFormat;
  /** Whether the file is to have a checksum. */
  readonly checksum: boolean;
  readonly warnings?: readonly string[];
}

/** Plans to write a table to a file of its own; one that is there needs `--force`. */
export async function planOutput(output: Output, args: Args, io: ToolIo): Promise<Plan> {
  const { path, table, warnings = [] } = output;
  const present = await readSnapshot(path);
  if (aliOnsOf(present) !== undefined) {
    throw new CommandError(
      `Cannot write ${quote(path)}: ${ALI_ONS_STATE}`,
      "ali-ons reads no other form. Choose another name.",
      { code: "ali-ons", path },
    );
  }
  const changes = changesBetween(beforeOf(present).table, table);
  const isThere = present.state !== "missing";
  return {
    path,
    question: isThere ? `Replace ${quote(path)}?` : `Make ${quote(path)}?`,
    changes,
    // A table that is there already may have another form; an empty one shows no row.
    actions: changes.length > 0 ? [] : [`Write ${quote(path)} in ${output.format}'s form`],
    warnings,
    refusal: isThere && !args.flag("force") ? refuseToReplace(path) : undefined,
    atRest: isThere ? [path] : [],
    carryOut: () => write(output, present, changes, io),
  };
}

function refuseToReplace(path: string): CommandError {
  return new CommandError(
    `Cannot write ${quote(path)}: it exists`,
    "Choose another name, or add --force to replace it.",
    { code: "exists", path },
  );
}

async function write(
  { path, table, format, checksum }: Output,
  present: Inspection,
  changes: Plan["changes"],
  io: ToolIo,
): Promise<Done> {
  const isValid = present.state === "valid";
  return doneOf(
    await changeStore({
      path,
      table,
      before: beforeOf(present),
      changes,
      format,
      checksum,
      replaces: infoOf(present),
      // What it held goes, and so does what a journal added to it.
      generation: isValid ? present.generation : undefined,
      journal: isValid ? present.journal : lonely(await findJournal(path)),
      content: isValid ? "valid" : "bad",
    }, io),
  );
}

/** What a file holds, to be kept for `undo`. */
export function beforeOf(file: Inspection): Before {
  if (file.state === "valid") {
    const { table, format, checksum } = file;
    return { table, format, checksum: checksum !== "none", main: "valid" };
  }
  if (file.state === "bad" && file.edited !== undefined) {
    const { table, format } = file.edited;
    return { table, format, checksum: true, main: "edited" };
  }
  const format = formatForName(file.path) ?? "go";
  return { table: OffsetTable.empty, format, checksum: false, main: "bad" };
}
