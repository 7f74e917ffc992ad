import { OffsetTable } from "../../../mod.ts";
import { ALI_ONS_STATE, convertHint } from "../reading/ali_ons_file.ts";
import { describeAge } from "../output/age.ts";
import { findJournal, lonely } from "../reading/apply_journal.ts";
import type { Command } from "../command_line/command.ts";
import { escape, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import {
  aliOnsOf,
  fault,
  infoOf,
  type Inspection,
  isUnexamined,
  modifiedOf,
  type ValidInspection,
} from "../reading/inspect_file.ts";
import { pathOperand } from "../command_line/hint.ts";
import { hint, type ToolIo } from "../command_line/tool_io.ts";
import { type Io, paint } from "../../lib/io.ts";
import { jsonEntries, printJson } from "../output/json_output.ts";
import { keepBadFile } from "../writing/keep_bad_file.ts";
import { CommandError } from "../command_line/command_error.ts";
import { countQueues } from "../output/plural.ts";
import { acceptHint } from "../reading/read_table.ts";
import { inspectStore, recoveryCandidates, type StoreFiles } from "../reading/store_files.ts";
import { writeStore } from "../writing/write_store.ts";

export const rescue: Command = {
  name: "rescue",
  summary: "Recover a bad or missing main file from backup or leftovers",
  usage: "rescue FILE [--write]",
  operands: ["FILE"],
  options: { write: { help: "do it; the bad file is kept aside under another name" } },
  details: "Tells what could be recovered and from which file: of the valid ones, backup and\n" +
    "leftovers, the newest. Nothing is changed without --write. The exit code is 1 if main is\n" +
    "bad and nothing can be recovered.",
  examples: ["rescue offset.json", "rescue offset.json --write"],
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
    const write = args.flag("write") && source !== undefined;
    const kept = write ? await recover(path, main, source, io) : undefined;
    if (args.flag("json")) {
      printJson(io, "rescue", {
        file: path,
        main: main.state,
        source: source?.path ?? null,
        written: write,
        keptAside: kept ?? null,
        faults: faults(files).map((file) => ({ path: file.path, reason: fault(file) })),
        offsets: jsonEntries(
          main.state === "valid" ? main.table : source?.table ?? OffsetTable.empty,
        ),
      });
    } else if (main.state === "valid") {
      io.out(`${escape(path)} is valid, ${countQueues(main.table.size)}: nothing to rescue\n`);
    } else {
      for (const file of faults(files)) io.out(line(io, "bad", file.path, fault(file)));
      if (source) io.out(outcome(path, source, write, kept, io));
      else io.out(paint(io, "red", "Nothing can be recovered: no file is valid") + "\n");
      if (main.state === "bad" && main.edited && !write) {
        io.out(escape(hint(io, acceptHint(path))) + "\n");
      }
    }
    return main.state === "valid" || source !== undefined ? EXIT.ok : EXIT.finding;
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

function faults({ main, backup, leftovers }: StoreFiles): Inspection[] {
  return [main, ...[backup, ...leftovers].filter(({ state }) => state === "bad")]
    .filter(({ state }) => state !== "valid");
}

/** Keeps the bad main as evidence, then writes; the backup stays, since main is not worth one. */
async function recover(
  path: string,
  main: Inspection,
  { table, format, checksum, generation, journal }: ValidInspection,
  io: Io,
): Promise<string | undefined> {
  const kept = main.state === "missing" ? undefined : await keepBadFile(path);
  await writeStore(path, table, {
    format,
    checksum: checksum !== "none",
    replaces: infoOf(main),
    generation,
    // One that extends the bad main is kept: nobody can tell what its records are worth.
    journal: journal ?? lonely(await findJournal(path)),
    rotate: false,
    moved: true,
    io,
  });
  return kept;
}

function outcome(
  path: string,
  source: ValidInspection,
  written: boolean,
  kept: string | undefined,
  io: ToolIo,
): string {
  const age = describeAge(io.now() - modifiedOf(source));
  const from = line(io, "valid", source.path, `${countQueues(source.table.size)}, ${age}`);
  if (!written) {
    const next = {
      text: "It can be recovered with:",
      command: ["rescue", pathOperand(path), "--write"],
    };
    return `${from}${hint(io, next)}\n`;
  }
  return from + `Recovered ${escape(path)} from ${escape(source.path)}` +
    (kept === undefined ? "" : `, the bad file is kept in ${escape(kept)}`) + "\n";
}

function line(io: Io, state: "bad" | "valid", path: string, details: string): string {
  const shown = paint(io, state === "bad" ? "red" : "green", state.padEnd(5));
  return `${shown}  ${escape(path)}  ${escape(details)}\n`;
}
