import { parseArgs } from "node:util";
import type { Clause } from "./clause.ts";
import { CLAUSES, selectClauses } from "./clauses.ts";
import { PROFILE_NAMES } from "./profiles.ts";

export const HELP =
  `Holds any client's offset store against the specification: starts a driver around it, makes calls,
damages its files and kills it, and tells for each clause whether it holds, or the shortest story
that breaks it. tests/conformance/PROTOCOL.md says what a driver is.

Usage: conformance [options] [--] COMMAND [ARGUMENT…]
       conformance report --html FILE REPORT.json…

  --runs N         how many cases for a clause, 100 unless told; clauses that are slow take fewer
  --only CLAUSES   some clauses, with commas between them: P7 is all of its parts, P7.bad-main is one
  --seed S         repeat the cases of an earlier run
  --profile NAME   what the client promises (${PROFILE_NAMES.join(", ")}), instead of what it says
  --json           print the report as JSON, for conformance report
  --html FILE      write the report as one page
  --list           list the clauses and end
  --help           print this help

Examples:
  deno task conformance deno run -A tests/conformance/driver.ts
  deno task conformance --only L2,P7 --runs 1000 -- ./my-driver --verbose
  deno task conformance --json ./my-driver > mine.json
  deno task conformance report --html matrix.html ours.json mine.json

Exit codes: 0 everything holds that the profile promises, 1 something does not, 2 wrong usage,
3 the driver cannot be used.
`;

const OPTIONS = {
  runs: { type: "string", default: "100" },
  only: { type: "string" },
  seed: { type: "string" },
  profile: { type: "string" },
  json: { type: "boolean", default: false },
  html: { type: "string" },
  list: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

export interface Options {
  readonly command: readonly string[];
  readonly clauses: readonly Clause[];
  readonly runs: number;
  readonly seed: number | undefined;
  readonly profile: string | undefined;
  readonly json: boolean;
  readonly html: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
}

/**
 * Reads the command line: options, and then a command whose own options are not looked at.
 *
 * @throws {RangeError} If it is not one.
 */
export function readOptions(argv: readonly string[]): Options {
  const [own, command] = split(argv);
  let values;
  try {
    values = parseArgs({ args: own, options: OPTIONS }).values;
  } catch (error) {
    throw new RangeError((error as Error).message);
  }
  const { only, profile, list, help } = values;
  if (profile !== undefined && !PROFILE_NAMES.includes(profile)) {
    throw new RangeError(`--profile "${profile}" is none of ${PROFILE_NAMES.join(", ")}`);
  }
  if (command.length === 0 && !list && !help) throw new RangeError("the command is missing");
  const clauses = only === undefined ? CLAUSES : only.split(",").flatMap(select);
  return {
    ...values,
    ...{ command, clauses, profile, list, help },
    runs: wholeNumber("runs", values.runs, 1),
    seed: values.seed === undefined ? undefined : wholeNumber("seed", values.seed, 0),
    json: values.json,
    html: values.html,
  };
}

/** Where the options end: at `--`, or at the first word that is none and no option's value. */
function split(argv: readonly string[]): [string[], string[]] {
  let i = 0;
  while (i < argv.length && argv[i].startsWith("-") && argv[i] !== "--") {
    const name = argv[i].slice(2);
    const takesValue = Object.hasOwn(OPTIONS, name) &&
      OPTIONS[name as keyof typeof OPTIONS].type === "string";
    i += takesValue ? 2 : 1;
  }
  return [argv.slice(0, i), argv.slice(argv[i] === "--" ? i + 1 : i)];
}

function select(name: string): readonly Clause[] {
  const selected = selectClauses(name.trim());
  if (selected.length > 0) return selected;
  throw new RangeError(`--only ${JSON.stringify(name)} is no clause; --list lists them`);
}

function wholeNumber(name: string, value: string, least: number): number {
  if (/^[0-9]{1,9}$/.test(value) && Number(value) >= least) return Number(value);
  throw new RangeError(`--${name} ${JSON.stringify(value)} is not a whole number from ${least} on`);
}
