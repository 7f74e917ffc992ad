import { escape, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { paint } from "../../lib/io.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { changesBetween } from "../changing/change.ts";
import type { Done, Plan } from "../changing/plan.ts";
import { doneOf } from "../changing/plan_changes.ts";
import { beforeOf } from "../changing/plan_output.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { hint, type ToolIo } from "../command_line/tool_io.ts";
import { describeAge } from "../output/age.ts";
import { countQueues } from "../output/plural.ts";
import { ALI_ONS_STATE, convertHint } from "../reading/ali_ons_file.ts";
import { findJournal, lonely } from "../reading/apply_journal.ts";
import {
  aliOnsOf,
  fault,
  infoOf,
  type Inspection,
  isUnexamined,
  modifiedOf,
  type ValidInspection,
} from "../reading/inspect_file.ts";
import { acceptHint } from "../reading/read_table.ts";
import { inspectStore, recoveryCandidates, type StoreFiles } from "../reading/store_files.ts";
import { changeStore } from "../writing/change_store.ts";

export const rescue: Command = {
  name: "rescue",
  summary: "Recover a bad or missing main file from backup or leftovers",
  usage: `rescue FILE ${CHANGE_USAGE}`,
  operands: ["FILE"],
  options: CHANGE_OPTIONS,
  details: "Tells what can be recovered and from which file: of the valid ones, backup and\n" +
    "leftovers, the newest. The bad file is kept under another name. The exit code is 1\n" +
    `if main is bad and nothing can be recovered.\n\n${CHANGE_DETAILS}`,
  examples: ["rescue offset.json --dry-run", "rescue offset.json --yes"],
  async run(args, io) {
    const [path] = args.operands;
    const files = await inspectStore(path);
    const { main } = files;
    if (isUnexamined(main)) throw unexamined(main);
    if (aliOnsOf(main) !== undefined) {
      throw new CommandError(`Cannot rescue ${quote(path)}: ${ALI_ONS_STATE}`, convertHint(path), {
        code: "ali-ons",
        path,
      });
    }
    const source = main.state === "valid" ? undefined : recoveryCandidates(files).at(0);
    const isEdited = main.state === "bad" && main.edited !== undefined;
    if (!args.flag("json")) {
      tell(files, source, io);
      if (isEdited) io.out(escape(hint(io, acceptHint(path))) + "\n");
    }
    const code = await carryOut(planOf(files, source, io), args, io);
    return main.state === "valid" || source !== undefined ? code : EXIT.finding;
  },
};

/** To go back to the backup would undo what an intact main holds. */
function unexamined(main: Inspection): CommandError {
  const { path } = main;
  return new CommandError(
    `Cannot rescue ${quote(path)}: it cannot be examined (${fault(main)})`,
    "It may be intact, so a store refuses it, too. Make it readable; or move it away, and run the " +
      "same command again to go back to the backup.",
    { code: "unexamined", path },
  );
}

function tell(files: StoreFiles, source: ValidInspection | undefined, io: ToolIo): void {
  const { main } = files;
  if (main.state === "valid") return;
  for (const file of faults(files)) io.out(line(io, "bad", file.path, fault(file)));
  if (source !== undefined) {
    const age = describeAge(io.now() - modifiedOf(source));
    io.out(line(io, "valid", source.path, `${countQueues(source.table.size)}, ${age}`));
  }
}

function line(io: ToolIo, state: "bad" | "valid", path: string, details: string): string {
  const shown = paint(io, state === "bad" ? "red" : "green", state.padEnd(5));
  return `${shown}  ${escape(path)}  ${escape(details)}\n`;
}

function faults({ main, backup, leftovers }: StoreFiles): Inspection[] {
  return [main, ...[backup, ...leftovers].filter(({ state }) => state === "bad")]
    .filter(({ state }) => state !== "valid");
}

function planOf(files: StoreFiles, source: ValidInspection | undefined, io: ToolIo): Plan {
  const { main } = files;
  const { path } = main;
  const facts = {
    main: main.state,
    source: source?.path ?? null,
    faults: faults(files).map((file) => ({ path: file.path, reason: fault(file) })),
  };
  const nothing = main.state === "valid"
    ? `${path} is valid, ${countQueues(main.table.size)}: nothing to rescue`
    : "Nothing can be recovered: no file is valid";
  const plan = {
    path,
    nothing,
    question: `Recover ${quote(path)}?`,
    warnings: [],
    atRest: [path],
    facts,
  };
  if (source === undefined) {
    return { ...plan, changes: [], actions: [], carryOut: () => Promise.resolve({ text: [] }) };
  }
  const changes = changesBetween(beforeOf(main).table, source.table);
  return {
    ...plan,
    changes,
    actions: [`Recover ${quote(path)} from ${quote(source.path)}`],
    carryOut: async () => await recover(main, source, changes, io),
  };
}

async function recover(
  main: Inspection,
  { path: source, table, format, checksum, generation, journal }: ValidInspection,
  changes: Plan["changes"],
  io: ToolIo,
): Promise<Done> {
  const { path } = main;
  const changed = await changeStore({
    path,
    table,
    before: beforeOf(main),
    changes,
    format,
    checksum: checksum !== "none",
    replaces: infoOf(main),
    generation,
    // One that extends the bad main is kept: nobody can tell what its records are worth.
    journal: journal ?? lonely(await findJournal(path)),
    // The backup stays, since main is not worth one.
    content: "bad",
  }, io);
  return doneOf(changed, `Recovered ${path} from ${source}`);
}
