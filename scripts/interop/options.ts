import { parseArgs } from "node:util";
import { type Client, CLIENTS } from "./clients.ts";

export const HELP =
  `Builds drivers around the real clients of RocketMQ, hands files over in both directions, and holds
each client, and our own store, against the specification with the conformance kit.

Usage: interop [options] [PART…]

  PART             files (the files that are handed over) or kit (the specification); both unless told
  --clients IDS    some clients, with commas between them: ${CLIENTS.map(({ id }) => id).join(", ")}
  --tables N       how many tables go through the files, 100 unless told
  --runs N         how many cases the kit takes for a clause, 30 unless told
  --only CLAUSES   some clauses, as the kit's option
  --seed S         repeat the tables and the cases of an earlier run
  --folder DIR     where the drivers are built and the kit's reports are kept, .interop unless told
  --fixtures       write the files of tests/fixtures anew, and end
  --json           print all that was found as JSON
  --html FILE      write the matrix and the stories behind it as one page
  --help           print this help

A client whose toolchain (go; a JDK and Maven; cargo) is not installed is named and skipped. The
drivers' dependencies come from the toolchains' own registries.

Examples:
  deno task interop
  deno task interop files --clients go-2.1.2,java-5.5.0 --tables 1000
  deno task interop kit --only P7,L2 --html matrix.html

Exit codes: 0 our own store holds everything and the files agree, whatever is found of the others,
1 something does not, 2 wrong usage, 3 a driver cannot be built or run.
`;

const OPTIONS = {
  clients: { type: "string" },
  tables: { type: "string", default: "100" },
  runs: { type: "string", default: "30" },
  only: { type: "string" },
  seed: { type: "string" },
  folder: { type: "string", default: ".interop" },
  fixtures: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  html: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

export type Part = "files" | "kit";

export interface Options {
  readonly parts: readonly Part[];
  readonly clients: readonly Client[];
  readonly tables: number;
  readonly runs: string;
  readonly only: string | undefined;
  readonly seed: number | undefined;
  readonly folder: string;
  readonly fixtures: boolean;
  readonly json: boolean;
  readonly html: string | undefined;
  readonly help: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {RangeError} If it is not one.
 */
export function readOptions(argv: readonly string[]): Options {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new RangeError((error as Error).message);
  }
  const { values, positionals } = parsed;
  const parts = positionals.filter((each) => each === "files" || each === "kit");
  const stray = positionals.find((each) => each !== "files" && each !== "kit");
  if (stray !== undefined) throw new RangeError(`${JSON.stringify(stray)} is no part`);
  const { seed } = values;
  return {
    ...values,
    parts: parts.length === 0 ? ["files", "kit"] : parts,
    clients: values.clients === undefined ? CLIENTS : values.clients.split(",").map(client),
    tables: wholeNumber("tables", values.tables, 1),
    runs: String(wholeNumber("runs", values.runs, 1)),
    seed: seed === undefined ? undefined : wholeNumber("seed", seed, 0),
    only: values.only,
    html: values.html,
  };
}

function client(name: string): Client {
  const found = CLIENTS.find(({ id }) => id === name.trim());
  if (found !== undefined) return found;
  const known = CLIENTS.map(({ id }) => id).join(", ");
  throw new RangeError(`--clients ${JSON.stringify(name)} is none of ${known}`);
}

function wholeNumber(name: string, value: string, least: number): number {
  if (/^[0-9]{1,9}$/.test(value) && Number(value) >= least) return Number(value);
  throw new RangeError(`--${name} ${JSON.stringify(value)} is not a whole number from ${least} on`);
}
