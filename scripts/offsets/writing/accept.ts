import { mergeMax, OffsetTable } from "../../../mod.ts";
import type { JournalFile } from "../../../src/file/recovery/read_journal_file.ts";
import { quote } from "../../lib/escape.ts";
import type { OptionShapes } from "../../lib/words.ts";
import { changesBetween } from "../changing/change.ts";
import type { Plan } from "../changing/plan.ts";
import { doneOf } from "../changing/plan_changes.ts";
import { beforeOf } from "../changing/plan_output.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import { pathOperand } from "../command_line/hint.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { countRecords } from "../output/plural.ts";
import { convertHint } from "../reading/ali_ons_file.ts";
import { findJournal, lonely } from "../reading/apply_journal.ts";
import {
  aliOnsOf,
  codeOf,
  fault,
  type Inspection,
  readSnapshot,
  type ValidInspection,
} from "../reading/inspect_file.ts";
import { changeStore } from "./change_store.ts";

/** What to do with the records of a journal that extended the file before it was edited. */
type JournalChoice = "max" | "aside";

/** The option that chooses. */
export const ACCEPT_OPTIONS: OptionShapes = {
  journal: {
    value: "max|aside",
    help: "with --accept, for the journal's records: take the greater offset, or keep them aside",
  },
};

/**
 * Plans to give a file that was edited by hand the checksum of its table.
 *
 * The journal beside it extended the file as it was before the edit. Its records were acknowledged, so
 * they are never dropped without a word: a choice is needed if they differ from the file.
 */
export async function planAccept(path: string, args: Args, io: ToolIo): Promise<Plan> {
  const choice = choiceOf(args);
  const found = await readSnapshot(path);
  const { edited } = found.state === "bad" ? found : { edited: undefined };
  if (edited === undefined) return nothingToAccept(found);
  const journal = await findJournal(path);
  const recorded = recordsOf(journal, edited);
  const table = choice === "max" ? mergeMax(edited.table, recorded) : edited.table;
  // What the records would change: it is shown while it is open what becomes of them.
  const open = choice === undefined ? mergedOver(edited.table, recorded) : table;
  const changes = changesBetween(edited.table, open);
  const isOpen = choice === undefined && changes.length > 0;
  return {
    path,
    question: `Accept ${quote(path)}?`,
    changes,
    actions: [`Write ${quote(path)} with the right checksum`, ...journalActions(journal, choice)],
    warnings: isOpen ? ["these are the offsets of its journal, which were acknowledged"] : [],
    refusal: isOpen ? needsChoice(path) : undefined,
    atRest: [path],
    carryOut: async () => {
      const changed = await changeStore({
        path,
        table,
        before: beforeOf(found),
        changes,
        format: edited.format,
        checksum: true,
        replaces: edited.info,
        generation: edited.generation,
        journal: lonely(journal),
        // The backup holds the table before; a file with a wrong checksum is not worth one.
        content: "bad",
      }, io);
      return doneOf(changed, `Accepted ${path}`);
    },
  };
}

function choiceOf(args: Args): JournalChoice | undefined {
  const choice = args.option("journal");
  if (choice === undefined || choice === "max" || choice === "aside") return choice;
  args.fail(`--journal ${quote(choice)} is neither max nor aside`);
}

function nothingToAccept(found: Inspection): Plan {
  const { path } = found;
  if (found.state !== "valid") {
    throw new CommandError(
      `Cannot accept ${quote(path)}: ${fault(found)}`,
      aliOnsOf(found) !== undefined ? convertHint(path) : {
        text: "Only a wrong checksum can be accepted; see what is left with:",
        command: ["rescue", pathOperand(path)],
      },
      { code: codeOf(found), path },
    );
  }
  return {
    path,
    question: "",
    nothing: `${path} is valid: nothing to accept`,
    changes: [],
    actions: [],
    warnings: [],
    atRest: [],
    carryOut: () => Promise.resolve({ text: [] }),
  };
}

/** The offsets of a journal, unless the file holds them since before it was edited. */
function recordsOf(journal: JournalFile, { generation }: ValidInspection): OffsetTable {
  if (journal.is !== "readable") return OffsetTable.empty;
  const { header, table } = journal.content;
  const isFolded = header?.generation !== undefined && generation !== undefined &&
    header.generation < generation;
  return isFolded ? OffsetTable.empty : table;
}

function mergedOver(table: OffsetTable, recorded: OffsetTable): OffsetTable {
  return OffsetTable.from([...table, ...recorded]);
}

function journalActions(journal: JournalFile, choice: JournalChoice | undefined): string[] {
  if (journal.is === "missing") return [];
  const what = journal.is === "readable" ? countRecords(journal.content.records) : "its journal";
  return [`Keep ${what} aside${choice === "max" ? ", after the greater offsets are taken" : ""}`];
}

function needsChoice(path: string): CommandError {
  return new CommandError(
    `Cannot accept ${quote(path)}: its journal holds other offsets, which were acknowledged`,
    "Add --journal max to take the greater offset of each queue, or --journal aside to take the " +
      "file as it was edited; the journal is kept aside in either case.",
    { code: "refused", path },
  );
}
