#!/usr/bin/env -S deno run -A
/**
 * Consumers of ali-ons with our offset store on a real broker, on Deno, Bun and Node: killed, closed,
 * started again.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { endWithParent, namespaceFolder, runInNamespace } from "../broker/inside_namespace.ts";
import { downloadJars } from "../broker/jars.ts";
import { missingPrerequisites } from "../broker/prerequisites.ts";
import { withBroker } from "../broker/with_broker.ts";
import { EXIT } from "../lib/exit_code.ts";
import { type Io, paint } from "../lib/io.ts";
import { processIo } from "../lib/process_io.ts";
import { checkOurStore, checkOwnStore } from "./ali_ons/checks.ts";
import { HELP, type Options, readOptions } from "./ali_ons/options.ts";
import { commandOf, installAliOns, runtimePath } from "./ali_ons/prepare.ts";
import { Sender } from "./ali_ons/sender.ts";
import { Checks, findingsTable } from "./check.ts";

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let options;
  try {
    options = readOptions(argv);
  } catch (error) {
    io.err(paint(io, "red", `Cannot run: ${(error as Error).message}`) + "\n");
    io.err("  See ali_ons --help.\n");
    return EXIT.usage;
  }
  if (options.help) {
    io.out(HELP);
    return EXIT.ok;
  }
  try {
    return await (namespaceFolder() === undefined
      ? outside(options, argv, io)
      : inside(options, io));
  } catch (error) {
    io.err(paint(io, "red", (error as Error).message) + "\n");
    return EXIT.failure;
  }
}

/** Prepares what needs a network, and goes where the broker is. */
async function outside(options: Options, argv: readonly string[], io: Io): Promise<number> {
  const { runtimes, nameServer, version } = options;
  const missing = nameServer === undefined ? missingPrerequisites(process.env) : [];
  if (missing.length > 0) {
    io.out(paint(io, "yellow", `skipped: ${missing.join(", ")}`) + "\n");
    return EXIT.ok;
  }
  io.err("get ali-ons and the runtimes\n");
  await installAliOns();
  const paths: string[] = [];
  for (const runtime of runtimes) paths.push(await runtimePath(runtime));
  if (nameServer !== undefined) return await check({ ...options, paths }, nameServer, io);
  const cache = resolve(options.folder);
  await downloadJars(cache, version);
  const known = paths.flatMap((path) => ["--path", path]);
  return await runInNamespace(fileURLToPath(import.meta.url), [...argv, ...known], cache);
}

async function inside(options: Options, io: Io): Promise<number> {
  endWithParent();
  const { version } = options;
  io.err(`RocketMQ ${version}: start the name server and the broker\n`);
  const jars = await downloadJars(resolve(options.folder), version);
  return await withBroker({ version, jars }, ({ nameServer }) => check(options, nameServer, io));
}

async function check(options: Options, nameServer: string, io: Io): Promise<number> {
  const { runtimes, paths, broker, json } = options;
  const folder = await mkdtemp(join(tmpdir(), "ali-ons-"));
  const sender = await Sender.start(nameServer, broker);
  const checks = new Checks(io, "ali-ons");
  try {
    for (const [i, name] of runtimes.entries()) {
      const ground = { nameServer, sender, runtime: commandOf(name, paths[i]), folder };
      await checkOurStore(checks, ground, name);
      // It is the same code on each runtime.
      if (i === 0) await checkOwnStore(checks, ground, name);
    }
  } finally {
    await sender.close();
    await rm(folder, { recursive: true, force: true });
  }
  const { findings } = checks;
  io.out(json ? JSON.stringify(findings) + "\n" : findingsTable(findings, io));
  return findings.every(({ holds }) => holds) ? EXIT.ok : EXIT.finding;
}

if (import.meta.main) {
  process.exit(await main(process.argv.slice(2), processIo()));
}
