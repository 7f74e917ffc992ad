#!/usr/bin/env -S deno run -A
/**
 * Kills writers of a store on the real file system, `deno task soak`, and checks after each kill
 * that nothing acknowledged was lost; or lets two processes write one store. It works on Deno, Bun
 * and Node.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type Io, paint } from "../lib/io.ts";
import { processIo } from "../lib/process_io.ts";
import { currentRuntime, readRuntimes } from "../lib/runtimes.ts";
import { soakKills } from "./soak/soak_kills.ts";
import { soakRace } from "./soak/soak_race.ts";

const HELP = `Kills writers of a store at random moments, and checks what they leave; or lets two
processes write one store, while a third one reads it all the time.

Usage: soak --kills N [--runtime R] [--resume FILE] [--seed S] [--lanes N] [--directory DIR] [--json]
       soak --two-processes SECONDS [--runtime R] [--directory DIR] [--json]

  --kills N        how many kills in all
  --two-processes SECONDS
                   how long two processes write, under each conflict policy, and merging with
                   journals
  --runtime R      deno, bun, node, or all, which share the work; the one that runs this unless told
  --resume FILE    keep the counts in FILE, and go on from those that are there; Ctrl-C loses nothing
  --seed S         repeat the choices of an earlier run; the moments are never quite the same
  --lanes N        how many victims live at a time, 2 unless told
  --directory DIR  where the stores lie, .soak unless told; removed again unless something was lost
  --json           print the figures as JSON, one line
  --help           print this help

Examples:
  deno task soak --kills 300
  deno task soak --kills 100000 --runtime all --resume soak.json
  deno task soak --two-processes 60 --runtime all

Exit codes: 0 nothing acknowledged was lost, 1 something was, and the evidence is kept, 2 wrong
usage, 130 interrupted.
`;

const OPTIONS = {
  kills: { type: "string" },
  "two-processes": { type: "string" },
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
    const { resume, directory, json, seed = String(io.now()) } = values;
    const runtimes = readRuntimes(values.runtime);
    if (values["two-processes"] !== undefined) {
      const seconds = wholeNumber("two-processes", values["two-processes"]);
      return await soakRace({ seconds, runtimes, directory, json }, io);
    }
    const kills = wholeNumber("kills", values.kills);
    const lanes = wholeNumber("lanes", values.lanes);
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

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
