#!/usr/bin/env -S deno run -A
/**
 * The stores with real consumers on a real broker, `deno task e2e`.
 *
 * @module
 */
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runInNamespace } from "./broker/inside_namespace.ts";
import { KNOWN_VERSIONS } from "./broker/jars.ts";
import { missingPrerequisites } from "./broker/prerequisites.ts";
import { PARTS } from "./e2e/plan.ts";
import { prepare, type Wanted } from "./e2e/prepare.ts";
import { EXIT } from "./lib/exit_code.ts";
import { type Io, paint, printJsonLine } from "./lib/io.ts";
import { flag, JSON_LINE, runtimes, some, text } from "./lib/options.ts";
import { processIo } from "./lib/process_io.ts";
import { currentRuntime, RUNTIMES } from "./lib/runtimes.ts";
import { runTask, type Task } from "./lib/task.ts";

const OPTIONS = {
  only: some("NAME", `parts, with commas between: ${PARTS.join(", ")}; all by default`, PARTS),
  slice: flag(
    "at most three minutes: the first broker, ali-ons on one runtime, and fewer checks of each part",
  ),
  versions: some("VS", `brokers: ${KNOWN_VERSIONS.join(", ")}; all by default`, KNOWN_VERSIONS),
  runtime: runtimes("runtimes of ali-ons: deno, bun, node; all by default", RUNTIMES),
  folder: text("DIR", "where the downloads are kept, .broker by default", ".broker"),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "e2e",
  action: "run the consumers",
  summary:
    `Runs real consumers with our stores, and beside them, on a real RocketMQ broker: they are
killed and started again, and each must go on exactly where it was.`,
  usage: ["[--only NAME] [--slice] [options]"],
  options: OPTIONS,
  details: `ali-ons: consumers of ali-ons with our store. go and java: our tool and our store change
the files of broadcasting consumers. remote: the store whose offsets the broker keeps, beside mqadmin
and a Java consumer, while the broker is killed.

All parts need a JDK, Maven, util-linux (unshare) and iproute2 (ip), go needs Go, ali-ons needs npm.
A tool that is missing is named, and its part is left out. The brokers run in a network namespace of their
own. The first run downloads up to 250 MB.`,
  examples: ["--slice", "--only java,go", "--only ali-ons --runtime node --json"],
  exitCodes: "0 everything holds, or something is missing, 1 something does not hold, " +
    "3 something cannot be built or started",
  run: ({ only, slice, versions, runtime, folder, json }, io) =>
    runWanted(
      {
        parts: only,
        versions: slice ? versions.slice(0, 1) : versions,
        runtimes: slice
          ? [runtime.find((each) => each === currentRuntime()) ?? runtime[0]]
          : runtime,
        cache: resolve(folder),
        slice,
        json,
      },
      process.env,
      io,
    ),
};

/** Prepares what needs a network, and goes where the brokers are. */
export async function runWanted(
  wanted: Wanted,
  env: NodeJS.ProcessEnv,
  io: Io,
): Promise<number> {
  const missing = missingPrerequisites(env);
  if (missing.length > 0) return skip(missing, wanted.json, io);
  try {
    const plan = await prepare(wanted, env, io);
    if (plan.parts.length === 0) return skip(plan.skipped, plan.json, io);
    const inside = fileURLToPath(new URL("e2e/inside.ts", import.meta.url));
    return await runInNamespace(inside, [JSON.stringify(plan)], plan.cache);
  } catch (error) {
    io.err(paint(io, "red", `Cannot run the consumers: ${(error as Error).message}`) + "\n");
    return EXIT.failure;
  }
}

function skip(skipped: readonly string[], json: boolean, io: Io): number {
  if (json) printJsonLine(io, { sections: [], skipped, seconds: 0 });
  else io.out(paint(io, "yellow", `skipped ${skipped.join(", ")}`) + "\n");
  return EXIT.ok;
}

/** Runs the task and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
