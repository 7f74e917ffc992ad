#!/usr/bin/env -S deno run -A
/**
 * A real RocketMQ name server and broker on loopback, `deno task broker`.
 *
 * They run in a network namespace of their own, so that nobody else can reach them. Maven downloads
 * them once, to `.broker/`.
 *
 * @module
 */
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { endWithParent, namespaceFolder, runInNamespace } from "./broker/inside_namespace.ts";
import { downloadJars, KNOWN_VERSIONS } from "./broker/jars.ts";
import { missingPrerequisites } from "./broker/prerequisites.ts";
import { withBroker } from "./broker/with_broker.ts";
import { EXIT } from "./lib/exit_code.ts";
import { type Io, paint } from "./lib/io.ts";
import { processIo } from "./lib/process_io.ts";

const HELP =
  `Starts a RocketMQ name server and broker on loopback, in a network namespace of their own.

Usage: broker [options] [-- COMMAND [ARGUMENT…]]

  COMMAND          runs in that namespace while the broker does; then all of it ends. Without a
                   command the broker runs until Ctrl-C
  --version V      which broker, ${KNOWN_VERSIONS[0]} by default; ${
    KNOWN_VERSIONS.join(" and ")
  } are known to work
  --folder DIR     where the downloads are kept, .broker by default
  --help           print this help

It needs a JDK, Maven, util-linux (unshare) and iproute2 (ip); what is missing is named, and
nothing is done. The name server is 127.0.0.1:9876, the broker is broker-a at 127.0.0.1:10911. The
first start downloads up to 100 MB. A command has no network: give the path of a runtime, not npx.

Examples:
  deno task broker
  deno task broker --version 4.9.7 -- node consumer.js

Exit codes: 0 done, or something is missing, 2 wrong usage, 3 the broker cannot be started; that of
the command, if there is one.
`;

interface Options {
  readonly version: string;
  readonly folder: string;
  readonly help: boolean;
  readonly command: readonly string[];
}

function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      version: { type: "string", default: KNOWN_VERSIONS[0] },
      folder: { type: "string", default: ".broker" },
      help: { type: "boolean", short: "h", default: false },
    },
    allowPositionals: true,
  });
  if (!/^\d+\.\d+\.\d+$/.test(values.version)) {
    throw new RangeError(`--version ${JSON.stringify(values.version)} is not three numbers`);
  }
  return { ...values, command: positionals };
}

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let options;
  try {
    options = readOptions(argv);
  } catch (error) {
    io.err(paint(io, "red", `Cannot run: ${(error as Error).message}`) + "\n");
    io.err("  See broker --help.\n");
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
    io.err(`RocketMQ ${options.version}: get the jars\n`);
    await downloadJars(cache, options.version);
    return await runInNamespace(fileURLToPath(import.meta.url), argv, cache);
  } catch (error) {
    io.err(paint(io, "red", (error as Error).message) + "\n");
    return EXIT.failure;
  }
}

async function inside({ version, command }: Options, cache: string, io: Io): Promise<number> {
  endWithParent();
  const jars = await downloadJars(cache, version);
  io.err(`RocketMQ ${version}: start the name server and the broker\n`);
  return await withBroker({ version, jars }, async (broker) => {
    if (command.length > 0) {
      const program = broker.spawn(command[0], command.slice(1), { stdio: "inherit" });
      const how = await program.ended;
      return typeof how === "number" ? how : EXIT.failure;
    }
    io.out(`Name server ${broker.nameServer}, ${broker.name} at ${broker.address}.\n`);
    io.out("Ctrl-C ends them.\n");
    return await new Promise(() => {});
  });
}

if (import.meta.main) {
  process.exit(await main(process.argv.slice(2), processIo()));
}
