#!/usr/bin/env -S deno run --allow-read=.demo --allow-write=.demo --allow-run --allow-env=NO_COLOR,NODE_V8_COVERAGE
/**
 * Shows the main job in about ten seconds: a consumer is killed, again and again, and finds its
 * offsets again; then its files are torn. `deno task demo` runs it, or Bun or Node can.
 *
 * It starts and kills the consumer, a process of its own, and writes to one directory only.
 *
 * @module
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { consume } from "./demo/consume.ts";
import { isLost, type Kill, killAndReturn } from "./demo/kill_and_return.ts";
import { QUEUES, STORE } from "./demo/queues.ts";
import { Report } from "./demo/report.ts";
import { tearBoth, tearMain } from "./demo/tear.ts";
import { type Io, paint } from "./lib/io.ts";
import { processIo } from "./lib/process_io.ts";

const HELP = `Kills a consumer, again and again, and shows that it finds its offsets again.

Usage: demo [--kills N] [--directory DIR] [--json]

  --kills N        how often the consumer is killed, 5 unless told
  --directory DIR  where it works, .demo unless told; what it makes there it removes again
  --json           print JSON; offsets are strings, since they are int64
  --help           print this help

Examples:
  npx -y deno@2.9.6 task demo
  npx -y deno@2.9.6 task demo --kills 20

Exit codes: 0 nothing acknowledged was lost, 1 something was, 2 wrong usage.
`;

interface Options {
  readonly kills: number;
  readonly directory: string;
  readonly json: boolean;
}

/** Reads the options; a text is what is wrong with them. */
function readOptions(argv: readonly string[]): Options | "help" | Error {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        kills: { type: "string", default: "5" },
        directory: { type: "string", default: ".demo" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const { json, directory } = values;
    if (/^[1-9][0-9]{0,3}$/.test(values.kills)) return { kills: +values.kills, directory, json };
    return new Error(`--kills ${JSON.stringify(values.kills)} is not a number from 1 to 9999`);
  } catch (error) {
    return error as Error;
  }
}

/** Runs the demo and returns its exit code. */
export async function main(argv: readonly string[], io: Io, script: string): Promise<number> {
  const options = readOptions(argv);
  if (options === "help") {
    io.out(HELP);
    return 0;
  }
  if (options instanceof Error) {
    io.err(paint(io, "red", `Cannot run the demo: ${options.message}`) + "\n  See demo --help.\n");
    return 2;
  }
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const root = await mkdtemp(join(directory, "store-"));
  try {
    return await run(root, script, options, io);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function run(
  root: string,
  script: string,
  { kills, json }: Options,
  io: Io,
): Promise<number> {
  const path = join(root, STORE.clientId, STORE.group, "offset.json");
  const report = new Report(io, json);
  report.begin(QUEUES.length, kills);
  const done: Kill[] = [];
  const before = await killAndReturn({ script, root, main: path, kills }, (kill) => {
    done.push(kill);
    report.kill(done.length, kill);
  });
  const torn = await tearMain(root, path, before);
  report.tornMain(torn);
  const both = await tearBoth(root, path);
  report.tornBoth(both);
  const good = !done.some(({ queues }) => queues.some(isLost)) && torn.recovered &&
    both.error !== undefined && both.untouched;
  report.end(good, done, torn, both);
  return good ? 0 : 1;
}

if (import.meta.main) {
  const [command, root] = process.argv.slice(2);
  if (command === "consumer") await consume(root);
  else {
    const { href, protocol } = new URL(import.meta.url);
    const script = protocol === "file:" ? fileURLToPath(href) : href;
    process.exitCode = await main(process.argv.slice(2), processIo(), script);
  }
}
