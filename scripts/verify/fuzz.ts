#!/usr/bin/env -S deno run --allow-env=NO_COLOR
/**
 * Has the parser and a naive oracle judge the same files, `deno task fuzz`: files that were written
 * for generated tables, and then changed in one way or two.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { decode, parse } from "../../mod.ts";
import { fuzz, type FuzzFigures } from "./fuzz/fuzz.ts";
import { type Io, paint } from "../lib/io.ts";
import { processIo } from "../lib/process_io.ts";
import { formatTable } from "../lib/table.ts";
import { Progress } from "../lib/progress.ts";

const HELP = `Has the parser and a naive oracle judge the same generated and broken files

Usage: fuzz [--count N] [--seed S] [--json]

  --count N  how many files, 1000000 unless told
  --seed S   repeat an earlier run
  --json     print the figures as JSON, one line
  --help     print this help

Examples:
  deno task fuzz
  deno task fuzz --count 20000 --seed 7

Exit codes: 0 the two always agree, 1 they do not, and the smallest file is printed, 2 wrong usage.
`;

const OPTIONS = {
  count: { type: "string", default: "1000000" },
  seed: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Fuzzes and returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let values;
  try {
    values = parseArgs({ args: [...argv], options: OPTIONS }).values;
    if (!/^[1-9]\d{0,8}$/.test(values.count)) {
      throw new RangeError(`--count ${JSON.stringify(values.count)} is not a positive number`);
    }
  } catch (error) {
    io.err(paint(io, "red", `Cannot fuzz: ${(error as Error).message}`) + "\n  See fuzz --help.\n");
    return 2;
  }
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const { json, seed = String(io.now()) } = values;
  const count = Number(values.count);
  if (!json) io.out(`${count} files, seed ${seed}\n`);
  const progress = new Progress(io, 0, "files");
  const figures = await fuzz({
    count,
    seed,
    read: (bytes) => parse(decode(bytes)),
    onProgress: async (done) => {
      if (!json) progress.draw(done, count);
      // Lets the terminal and a Ctrl-C through.
      await io.sleep(0);
    },
  });
  progress.clear();
  if (json) {
    const { smallest, ...rest } = figures;
    io.out(JSON.stringify({ seed, ...rest, smallest: smallest && asJson(smallest) }) + "\n");
  } else io.out(textOf(figures, io));
  return figures.disagreements === 0 && allMet(figures) ? 0 : 1;
}

/** Whether each kind of change was met, and left files that are refused and, but for one, accepted. */
function allMet({ kinds }: FuzzFigures): boolean {
  return Object.values(kinds).every(({ inputs }) => inputs > 0);
}

function asJson({ bytes, what }: { bytes: Uint8Array; what: string }): unknown {
  return { what, text: new TextDecoder().decode(bytes), bytes: [...bytes] };
}

function textOf(
  { inputs, accepted, refused, disagreements, kinds, smallest }: FuzzFigures,
  io: Io,
) {
  const rows = Object.entries(kinds).map((
    [kind, counts],
  ) => [kind, String(counts.inputs), String(counts.accepted)]);
  const told = smallest === undefined ? "" : paint(io, "red", smallest.what) +
    `\n  ${JSON.stringify(new TextDecoder().decode(smallest.bytes))}\n`;
  const last = `${inputs} files, ${accepted} accepted, ${refused} refused, ` +
    `${disagreements} disagreements with the oracle`;
  return formatTable(COLUMNS, rows) + told +
    paint(io, disagreements === 0 ? "green" : "red", last) + "\n";
}

const COLUMNS = [
  { title: "CHANGED IN" },
  { title: "FILES", align: "right" },
  { title: "ACCEPTED", align: "right" },
] as const;

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
