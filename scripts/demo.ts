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
import { consume } from "./demo/consume.ts";
import { isLost, type Kill, killAndReturn } from "./demo/kill_and_return.ts";
import { QUEUES, STORE } from "./demo/queues.ts";
import { Report } from "./demo/report.ts";
import { tearBoth, tearMain } from "./demo/tear.ts";
import type { Io } from "./lib/io.ts";
import { flag, text, type ValuesOf, wholeNumber } from "./lib/options.ts";
import { processIo } from "./lib/process_io.ts";
import { runTask, type Task } from "./lib/task.ts";

const OPTIONS = {
  kills: wholeNumber("N", "how often the consumer is killed, 5 by default", 1, 5),
  directory: text(
    "DIR",
    "where it works, .demo by default; what it makes there it removes again",
    ".demo",
  ),
  json: flag("print JSON; offsets are strings, since they are int64"),
};

type Values = ValuesOf<typeof OPTIONS>;

/** @param script The program that is the consumer, too. */
const task = (script: string): Task<typeof OPTIONS> => ({
  name: "demo",
  action: "run the demo",
  summary: "Kills a consumer, again and again, and shows that it finds its offsets again.",
  usage: ["[--kills N] [--directory DIR] [--json]"],
  options: OPTIONS,
  examples: ["", "--kills 20"],
  exitCodes: "0 nothing acknowledged was lost, 1 something was",
  async run(values, io) {
    const directory = resolve(values.directory);
    await mkdir(directory, { recursive: true });
    const root = await mkdtemp(join(directory, "store-"));
    try {
      return await run(root, script, values, io);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
});

/** Runs the demo and returns its exit code. */
export const main = (argv: readonly string[], io: Io, script: string): Promise<number> =>
  runTask(task(script), argv, io);

async function run(
  root: string,
  script: string,
  { kills, json }: Values,
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
