import { parseArgs } from "node:util";
import { KNOWN_VERSIONS } from "../../broker/jars.ts";
import type { Runtime } from "../../lib/runtimes.ts";

const RUNTIMES: readonly Runtime[] = ["deno", "bun", "node"];

export const HELP =
  `Runs consumers of ali-ons with our offset store on a real broker: kills, closes, starts again.

Usage: ali_ons [options]

  --runtimes RS       on which runtimes, with commas between; ${RUNTIMES.join(",")} unless told
  --version V         which broker, ${KNOWN_VERSIONS[0]} unless told
  --folder DIR        where the downloads are kept, .broker unless told
  --name-server ADDR  use the broker that runs already, as "deno task broker" starts one
  --broker ADDR       its address, 127.0.0.1:10911 unless told
  --json              print what was found as JSON
  --help              print this help

The first run installs ali-ons from npm, in scripts/e2e/node_modules. Unless a name server is given
it needs a JDK, Maven, util-linux (unshare) and iproute2 (ip); what is missing is named, and nothing
is done. It takes about a minute for each runtime.

Examples:
  deno run -A scripts/e2e/ali_ons.ts
  deno run -A scripts/e2e/ali_ons.ts --runtimes node --name-server 127.0.0.1:9876

Exit codes: 0 everything holds, or something is missing, 1 something does not hold, 2 wrong usage,
3 the broker cannot be started.
`;

/** What the command line says. */
export interface Options {
  readonly runtimes: readonly Runtime[];
  readonly version: string;
  readonly folder: string;
  readonly nameServer: string | undefined;
  readonly broker: string;
  readonly json: boolean;
  readonly help: boolean;
  /** The paths of the runtimes, in their order; they are looked up outside of the namespace. */
  readonly paths: readonly string[];
}

/** Reads the command line; throws what is wrong with it. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runtimes: { type: "string", default: RUNTIMES.join(",") },
      version: { type: "string", default: KNOWN_VERSIONS[0] },
      folder: { type: "string", default: ".broker" },
      "name-server": { type: "string" },
      broker: { type: "string", default: "127.0.0.1:10911" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      path: { type: "string", multiple: true, default: [] },
    },
  });
  const runtimes = values.runtimes.split(",");
  const bad = runtimes.find((name) => !RUNTIMES.some((runtime) => runtime === name));
  if (bad !== undefined) throw new RangeError(`runtime ${JSON.stringify(bad)} is not known`);
  if (!/^\d+\.\d+\.\d+$/.test(values.version)) {
    throw new RangeError(`--version ${JSON.stringify(values.version)} is not three numbers`);
  }
  return {
    ...values,
    runtimes: runtimes as Runtime[],
    nameServer: values["name-server"],
    paths: values.path,
  };
}
