import { type FileInfo, type OffsetFileFormat, OffsetTable } from "../../../mod.ts";
import type { Generation } from "../../../src/core/format/generation.ts";
import { quote } from "../../lib/escape.ts";
import { CommandError } from "../command_line/command_error.ts";
import { pathOperand } from "../command_line/hint.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import type { AppliedJournal } from "../reading/apply_journal.ts";
import type { ValidInspection } from "../reading/inspect_file.ts";
import { type Changed, changeStore } from "../writing/change_store.ts";
import { type Change, isChange, isLowering, withChanges } from "./change.ts";
import type { Done, Plan } from "./plan.ts";
import { describe } from "./select_queues.ts";

/** The file whose offsets are to be changed; without `info` it does not exist yet. */
export interface ChangedFile {
  readonly path: string;
  readonly table: OffsetTable;
  readonly format: OffsetFileFormat;
  /** Whether it has a checksum, and is to have one. */
  readonly checksum: boolean;
  readonly info: FileInfo | undefined;
  readonly generation?: Generation;
  readonly journal?: AppliedJournal;
}

/** A file that is there, to be changed: it keeps its form, and has a checksum if it had one. */
export function toChange(file: ValidInspection): ChangedFile {
  return { ...file, checksum: file.checksum !== "none" };
}

/** A file that is not there. */
export function newFile(path: string, format: OffsetFileFormat): ChangedFile {
  return { path, table: OffsetTable.empty, format, info: undefined, checksum: true };
}

/** What a plan for changes may say besides. */
export interface ChangeOptions {
  /** Whether it may lower offsets; they are refused otherwise. */
  readonly lowering: "refused" | "wanted";
  readonly warnings?: readonly string[];
  /** Further stores whose consumers must not be at work. */
  readonly alsoAtRest?: readonly string[];
  /** How the file is laid out; as it is by default. */
  readonly format?: OffsetFileFormat;
  readonly checksum?: boolean;
}

/** Plans changes of the offsets in a file. */
export function planChanges(
  file: ChangedFile,
  changes: readonly Change[],
  options: ChangeOptions,
  io: ToolIo,
): Plan {
  const { path, info } = file;
  const { lowering, warnings = [], alsoAtRest = [] } = options;
  const { format = file.format, checksum = file.checksum } = options;
  const isLaidOutSo = format === file.format && checksum === file.checksum;
  const real = changes.filter(isChange);
  const lowered = real.filter(isLowering);
  return {
    path,
    question: info === undefined ? `Make ${quote(path)}?` : `Change ${quote(path)}?`,
    changes: real,
    actions: isLaidOutSo ? [] : [layoutText(format, checksum)],
    warnings: [...warnings, ...loweringWarnings(lowered)],
    refusal: lowering === "refused" ? loweringRefusal(path, lowered) : undefined,
    atRest: info === undefined ? alsoAtRest : [path, ...alsoAtRest],
    carryOut: () => writeChanges(file, real, { format, checksum }, io),
  };
}

function layoutText(format: OffsetFileFormat, checksum: boolean): string {
  return `Write it in ${format}'s form, ${checksum ? "with" : "without"} a checksum`;
}

function loweringWarnings({ length }: readonly Change[]): string[] {
  if (length === 0) return [];
  const what = length === 1 ? "1 offset goes" : `${length} offsets go`;
  return [`${what} down: the messages in between are consumed again`];
}

/** Messages that were consumed would be consumed again: a mistyped number must not do that. */
function loweringRefusal(path: string, lowered: readonly Change[]): CommandError | undefined {
  if (lowered.length === 0) return undefined;
  const [{ mq, from, to }] = lowered;
  const others = lowered.length > 1 ? `, and ${lowered.length - 1} more` : "";
  return new CommandError(
    `Cannot lower offsets in ${quote(path)}: ${describe(mq)} is at ${from}, above ${to}${others}`,
    "Messages in between would be consumed again; if that is wanted, add --force.",
    { code: "refused", path },
  );
}

/** Writes a file with some changes of its offsets, in the form that is named. */
export async function writeChanges(
  file: ChangedFile,
  changes: readonly Change[],
  { format, checksum }: Pick<ChangedFile, "format" | "checksum">,
  io: ToolIo,
): Promise<Done> {
  const { path, table, info, generation, journal } = file;
  const done = doneOf(
    await changeStore({
      path,
      table: withChanges(table, changes),
      before: { table, format: file.format, checksum: file.checksum, main: "valid" },
      changes,
      format,
      checksum,
      replaces: info,
      generation,
      journal,
      content: "valid",
    }, io),
  );
  return info === undefined ? { ...done, next: "It is new: to go back, remove it." } : done;
}

/**
 * The report about a file that was written.
 *
 * @param text What was done, in words.
 */
export function doneOf(
  { path, undo, canGoBack, keptAside }: Changed,
  text = `Written to ${path}`,
): Done {
  const kept = keptAside === undefined ? [] : [`The file as it was is kept in ${keptAside}`];
  return {
    text: [text, ...kept],
    next: canGoBack ? { text: "To go back:", command: ["undo", pathOperand(path)] } : undefined,
    facts: { undo: undo ?? null, keptAside: keptAside ?? null },
  };
}
