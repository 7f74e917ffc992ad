#!/usr/bin/env -S deno run --allow-read --allow-write --allow-env=NO_COLOR
/**
 * The operator's tool for the offset files that Go's, Java's and this module's consumers leave on
 * a host. `offsets.ts --help` tells all. It runs from a file or a URL, with nothing to install:
 *
 *     deno run --allow-read --allow-write --allow-env=NO_COLOR scripts/offsets.ts list ROOT
 *
 * Only `set`, `reset`, `delete`, `compact`, `backup`, `convert --out`, `merge`, `rescue --write`
 * and `verify --accept` need to write.
 *
 * @module
 */
import process from "node:process";
import { errorCode } from "../src/file/errors/error_code.ts";
import { readArgs } from "./offsets/command_line/args.ts";
import { backup } from "./offsets/commands/backup.ts";
import type { Command } from "./offsets/command_line/command.ts";
import { CommandError } from "./offsets/command_line/command_error.ts";
import { compact } from "./offsets/commands/compact.ts";
import { convert } from "./offsets/commands/convert.ts";
import { deleteCommand } from "./offsets/commands/delete.ts";
import { diff } from "./offsets/commands/diff.ts";
import { escape, quote } from "./lib/escape.ts";
import { EXIT } from "./lib/exit_code.ts";
import { commandHelp, programHelp } from "./offsets/command_line/help.ts";
import { type Io, paint } from "./lib/io.ts";
import { list } from "./offsets/commands/list.ts";
import { merge } from "./offsets/commands/merge.ts";
import { nearestName } from "../src/core/nearest_name.ts";
import { processIo } from "./lib/process_io.ts";
import { rescue } from "./offsets/commands/rescue.ts";
import { reset } from "./offsets/commands/reset.ts";
import { set } from "./offsets/commands/set.ts";
import { show } from "./offsets/commands/show.ts";
import { describeSystemError, isNotCapable } from "./offsets/output/system_error.ts";
import { UsageError } from "./lib/usage_error.ts";
import { verify } from "./offsets/commands/verify.ts";

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [list, show, verify, backup, rescue, compact, set, reset, deleteCommand, convert, diff, merge]
    .map((command) => [command.name, command]),
);

/** Runs the tool and returns its exit code; it throws nothing. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const message = messageOf(error);
    const [first, ...rest] = message.split("\n").map(escape);
    io.err([paint(io, "red", first), ...rest].join("\n") + "\n");
    return error instanceof UsageError ? EXIT.usage : EXIT.failure;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof CommandError) return error.message;
  const state = `Cannot run the command: ${describeSystemError(error)}`;
  if (errorCode(error) !== undefined || isNotCapable(error)) return state;
  // A fault of the tool itself: here alone a stack helps.
  return `${state}\n${error instanceof Error ? error.stack : ""}`;
}

async function dispatch([name, ...rest]: readonly string[], io: Io): Promise<number> {
  if (name === "--help" || name === "-h" || name === "help") {
    const command = COMMANDS.get(rest[0] ?? "");
    io.out(command ? commandHelp(command) : programHelp(COMMANDS.values(), import.meta.url));
    return EXIT.ok;
  }
  const command = COMMANDS.get(name ?? "");
  if (command === undefined) throw unknownCommand(name);
  const args = readArgs(command, rest);
  if (args !== undefined) return await command.run(args, io);
  io.out(commandHelp(command));
  return EXIT.ok;
}

function unknownCommand(name: string | undefined): UsageError {
  const names = [...COMMANDS.keys()];
  const all = `The commands are ${names.join(", ")}; see offsets --help.`;
  if (name === undefined) {
    return new UsageError(`Cannot run "offsets": no command is given\n  ${all}`);
  }
  const guess = nearestName(name, names);
  return new UsageError(
    `Cannot run ${quote(name)}: there is no such command` +
      (guess === undefined ? "" : `, did you mean ${guess}?`) + `\n  ${all}`,
  );
}

// Setting the code, unlike process.exit, lets a pipe take all of the output first.
if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
