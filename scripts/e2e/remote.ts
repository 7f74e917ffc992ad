#!/usr/bin/env -S deno run -A
/**
 * The remote store on real brokers: what it wrote is what `mqadmin` shows and where a Java consumer
 * resumes, while the broker is killed and started again.
 *
 * @module
 */
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { endWithParent, namespaceFolder, runInNamespace } from "../broker/inside_namespace.ts";
import { downloadJars, KNOWN_VERSIONS } from "../broker/jars.ts";
import { missingPrerequisites } from "../broker/prerequisites.ts";
import { withBroker } from "../broker/with_broker.ts";
import { EXIT } from "../lib/exit_code.ts";
import { type Io, paint } from "../lib/io.ts";
import { processIo } from "../lib/process_io.ts";
import { Checks, type Finding, findingsTable } from "./check.ts";
import { accessOptions } from "./remote/access.ts";
import { checkAccess } from "./remote/check_access.ts";
import { checkCrashes } from "./remote/check_crashes.ts";
import { checkStore } from "./remote/check_store.ts";
import { measure } from "./remote/measure.ts";

const HELP = `Holds the remote store against real brokers.

Usage: remote [options]

  --versions VS    which brokers, with commas between them; ${KNOWN_VERSIONS.join(",")} unless told
  --folder DIR     where the downloads are kept, .broker unless told
  --json           print what was found as JSON
  --help           print this help

It needs a JDK, Maven, util-linux (unshare) and iproute2 (ip); what is missing is named, and
nothing is done. It takes about a minute and a half for each version.

Examples:
  deno run -A scripts/e2e/remote.ts
  deno run -A scripts/e2e/remote.ts --versions 4.9.7 --json

Exit codes: 0 everything holds, or something is missing, 1 something does not hold, 2 wrong usage,
3 a broker cannot be started.
`;

interface Options {
  readonly versions: readonly string[];
  readonly folder: string;
  readonly json: boolean;
  readonly help: boolean;
}

function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      versions: { type: "string", default: KNOWN_VERSIONS.join(",") },
      folder: { type: "string", default: ".broker" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const versions = values.versions.split(",");
  const bad = versions.find((version) => !/^\d+\.\d+\.\d+$/.test(version));
  if (bad !== undefined) {
    throw new RangeError(`version ${JSON.stringify(bad)} is not three numbers`);
  }
  return { ...values, versions };
}

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let options;
  try {
    options = readOptions(argv);
  } catch (error) {
    io.err(paint(io, "red", `Cannot run: ${(error as Error).message}`) + "\n");
    io.err("  See remote --help.\n");
    return EXIT.usage;
  }
  if (options.help) {
    io.out(HELP);
    return EXIT.ok;
  }
  const cache = resolve(options.folder);
  try {
    if (namespaceFolder() !== undefined) return await inside(options, cache, io);
    const missing = missingPrerequisites(process.env);
    if (missing.length > 0) {
      io.out(paint(io, "yellow", `skipped: ${missing.join(", ")}`) + "\n");
      return EXIT.ok;
    }
    for (const version of options.versions) await downloadJars(cache, version);
    return await runInNamespace(fileURLToPath(import.meta.url), argv, cache);
  } catch (error) {
    io.err(paint(io, "red", (error as Error).message) + "\n");
    return EXIT.failure;
  }
}

async function inside({ versions, json }: Options, cache: string, io: Io): Promise<number> {
  endWithParent();
  const found: Record<string, readonly Finding[]> = {};
  for (const version of versions) {
    const jars = await downloadJars(cache, version);
    const checks = new Checks(io, version);
    await withBroker({ version, jars }, async (broker) => {
      await checkStore(checks, broker);
      await checkCrashes(checks, broker);
      await measure(checks, broker);
    });
    const access = { version, jars, folderName: `${version}-access`, ...accessOptions(version) };
    await withBroker(access, (broker) => checkAccess(checks, broker));
    found[version] = checks.findings;
    if (!json) io.out(`RocketMQ ${version}\n${findingsTable(checks.findings, io)}\n`);
  }
  if (json) io.out(JSON.stringify(found) + "\n");
  const holds = Object.values(found).flat().every((finding) => finding.holds);
  return holds ? EXIT.ok : EXIT.finding;
}

if (import.meta.main) {
  process.exit(await main(process.argv.slice(2), processIo()));
}
