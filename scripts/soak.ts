#!/usr/bin/env -S deno run -A
/**
 * Kills writers of a store on the real file system, `deno task soak`, and checks after each kill
 * that nothing acknowledged was lost. It works on Deno, Bun and Node.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type Io, paint } from "./offsets/io.ts";
import { processIo } from "./offsets/process_io.ts";
import { currentRuntime, type Runtime, RUNTIMES } from "./soak/programs.ts";
import { soakKills } from "./soak/soak_kills.ts";

const HELP = `Kills writers of a store at random moments, and checks what they leave.

Usage: soak --kills N [--runtime R] [--resume FILE] [--seed S] [--lanes N] [--directory DIR] [--json]

  --kills N        how many kills in all
  --runtime R      deno, bun, node, or all, which share the kills; the one that runs this unless told
  --resume FILE    keep the counts in FILE, and go on from those that are there; Ctrl-C loses nothing
  --seed S         repeat the choices of an earlier run; the moments are never quite the same
  --lanes N        how many victims live at a time, 2 unless told
  --directory DIR  where the stores lie, .soak unless told; removed again unless something was lost
  --json           print the figures as JSON, one line
  --help           print this help

Examples:
  deno task soak --kills 300
  deno task soak --kills 100000 --runtime all --resume soak.json

Exit codes: 0 nothing acknowledged was lost, 1 something was, and the evidence is kept, 2 wrong
usage, 130 interrupted.
`;

const OPTIONS = {
  kills: { type: "string" },
  runtime: { type: "string", default: currentRuntime() as string },
  resume: { type: "string" },
  seed: { type: "string" },
  lanes: { type: "string", default: "2" },
  directory: { type: "string", default: ".soak" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Runs the soak and returns its exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let values;
  try {
    values = parseArgs({ args: [...argv], options: OPTIONS }).values;
    if (values.help) {
      io.out(HELP);
      return 0;
    }
    const kills = wholeNumber("kills", values.kills);
    const lanes = wholeNumber("lanes", values.lanes);
    const runtimes = readRuntimes(values.runtime);
    const { resume, directory, json, seed = String(io.now()) } = values;
    return await soakKills({ kills, runtimes, seed, lanes, directory, resume, json }, io);
  } catch (error) {
    const isUsage = values === undefined || error instanceof RangeError;
    const { message, stack } = error as Error;
    const state = isUsage ? `${message}\n  See soak --help.` : stack ?? message;
    io.err(paint(io, "red", `Cannot soak: ${state}`) + "\n");
    return isUsage ? 2 : 1;
  }
}

function wholeNumber(name: string, value: string | undefined): number {
  if (value === undefined) throw new RangeError(`--${name} is missing`);
  if (/^[1-9][0-9]{0,8}$/.test(value)) return Number(value);
  throw new RangeError(`--${name} ${JSON.stringify(value)} is not a positive number`);
}

function readRuntimes(value: string): readonly Runtime[] {
  if (value === "all") return RUNTIMES;
  const found = RUNTIMES.filter((runtime) => runtime === value);
  if (found.length > 0) return found;
  throw new RangeError(
    `--runtime ${JSON.stringify(value)} is none of ${RUNTIMES.join(", ")} and all`,
  );
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
