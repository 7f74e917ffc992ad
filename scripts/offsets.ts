#!/usr/bin/env -S deno run --allow-read --allow-write --allow-env
/**
 * The operator's tool for the offset files that Go's, Java's and this module's consumers leave on
 * a host. `offsets.ts --help` tells all. It runs from a file or a URL, with nothing to install:
 *
 *     deno run --allow-read --allow-write --allow-env scripts/offsets.ts list ROOT
 *
 * Only `backup` and the commands that take `--yes` need to write.
 *
 * @module
 */
import process from "node:process";
import { readArgs } from "./offsets/command_line/args.ts";
import { backup } from "./offsets/commands/backup.ts";
import type { Command } from "./offsets/command_line/command.ts";
import { exportCommand } from "./offsets/commands/export.ts";
import { history } from "./offsets/commands/history.ts";
import { importCommand } from "./offsets/commands/import.ts";
import { adopt } from "./offsets/commands/adopt.ts";
import { prune } from "./offsets/commands/prune.ts";
import { undo } from "./offsets/commands/undo.ts";
import { userName } from "./lib/user_name.ts";
import { compact } from "./offsets/commands/compact.ts";
import { completionOf } from "./offsets/commands/completion.ts";
import { convert } from "./offsets/commands/convert.ts";
import { deleteCommand } from "./offsets/commands/delete.ts";
import { diff } from "./offsets/commands/diff.ts";
import { quote } from "./lib/escape.ts";
import { EXIT } from "./lib/exit_code.ts";
import { commandHelp, programHelp } from "./offsets/command_line/help.ts";
import type { Io } from "./lib/io.ts";
import { list } from "./offsets/commands/list.ts";
import { merge } from "./offsets/commands/merge.ts";
import { nearestName } from "../src/core/nearest_name.ts";
import { processIo } from "./lib/process_io.ts";
import { rescue } from "./offsets/commands/rescue.ts";
import { reset } from "./offsets/commands/reset.ts";
import { set } from "./offsets/commands/set.ts";
import { show } from "./offsets/commands/show.ts";
import { programName } from "./offsets/command_line/program_name.ts";
import { reportError } from "./offsets/command_line/report_error.ts";
import type { ToolIo } from "./offsets/command_line/tool_io.ts";
import { VERSION } from "./offsets/command_line/version.ts";
import { currentRuntime } from "./lib/runtimes.ts";
import { UsageError } from "./lib/usage_error.ts";
import { verify } from "./offsets/commands/verify.ts";

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [
    ...[list, show, verify, diff, history, exportCommand, backup],
    ...[set, reset, deleteCommand, importCommand, undo],
    ...[merge, convert, compact, rescue, adopt, prune],
    completionOf(() => COMMANDS.values()),
  ].map((command) => [command.name, command]),
);

/**
 * Runs the tool and returns its exit code; it throws nothing.
 *
 * @param program How the user has started it.
 */
export async function main(
  argv: readonly string[],
  io: Io,
  program = "offsets",
): Promise<number> {
  const author = { user: userName(), pid: process.pid, command: argv };
  const toolIo = { ...io, program, author };
  try {
    return await dispatch(argv, toolIo);
  } catch (error) {
    return reportError(error, asksForJson(argv), toolIo);
  }
}

/** Even a command line that is wrong elsewhere may ask for it. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).some((word) => /^--jsonl?$/.test(word));
}

async function dispatch([name, ...rest]: readonly string[], io: ToolIo): Promise<number> {
  if (name === "--version") {
    io.out(`${VERSION}\n`);
    return EXIT.ok;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    const command = COMMANDS.get(rest[0] ?? "");
    io.out(command ? commandHelp(command, io.program) : programHelp(COMMANDS.values(), io.program));
    return EXIT.ok;
  }
  const command = COMMANDS.get(name ?? "");
  if (command === undefined) throw unknownCommand(name);
  const args = readArgs(command, rest);
  if (args !== undefined) return await command.run(args, io);
  io.out(commandHelp(command, io.program));
  return EXIT.ok;
}

function unknownCommand(name: string | undefined): UsageError {
  const names = [...COMMANDS.keys()];
  const all = `the commands are ${names.join(", ")}`;
  if (name === undefined) return new UsageError(`Cannot run a command: none is given, ${all}`);
  const guess = nearestName(name, names);
  return new UsageError(
    `Cannot run ${quote(name)}: there is no such command, ` +
      (guess === undefined ? all : `did you mean ${guess}?`),
  );
}

// Setting the code, unlike process.exit, lets a pipe take all of the output first.
if (import.meta.main) {
  const program = programName(import.meta.url, currentRuntime(), () => process.cwd());
  process.exitCode = await main(process.argv.slice(2), processIo(), program);
}
