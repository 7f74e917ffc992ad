#!/usr/bin/env -S deno run --allow-env=NO_COLOR
/**
 * Has the parser and a naive oracle judge the same files, `deno task fuzz`: files that were written
 * for generated tables, and then changed in one way or two.
 *
 * @module
 */
import process from "node:process";
import { decode, parse } from "../../mod.ts";
import { fuzz, type FuzzFigures } from "./fuzz/fuzz.ts";
import { type Io, paint, printJsonLine } from "../lib/io.ts";
import { JSON_LINE, text, wholeNumber } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { formatTable } from "../lib/table.ts";
import { Progress } from "../lib/progress.ts";
import { runTask, type Task } from "../lib/task.ts";

const OPTIONS = {
  count: wholeNumber("N", "how many files, 1000000 by default", 1, 1_000_000),
  seed: text("S", "repeat an earlier run"),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "fuzz",
  action: "fuzz",
  summary: "Has the parser and a naive oracle judge the same generated and broken files.",
  usage: ["[--count N] [--seed S] [--json]"],
  options: OPTIONS,
  examples: ["", "--count 20000 --seed 7"],
  exitCodes: "0 the two always agree, 1 they do not, and the smallest file is printed",
  async run({ count, json, ...given }, io) {
    const seed = given.seed ?? String(io.now());
    if (!json) io.out(`${count} files, seed ${seed}\n`);
    const progress = new Progress(io, { unit: "files", isShown: !json });
    const figures = await fuzz({
      count,
      seed,
      read: (bytes) => parse(decode(bytes)),
      onProgress: async (done) => {
        progress.draw(done, count);
        // Lets the terminal and a Ctrl-C through.
        await io.sleep(0);
      },
    });
    progress.clear();
    if (json) {
      const { smallest, ...rest } = figures;
      printJsonLine(io, { seed, ...rest, smallest: smallest && asJson(smallest) });
    } else io.out(textOf(figures, io));
    return figures.disagreements === 0 && allMet(figures) ? 0 : 1;
  },
};

/** Fuzzes and returns the exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

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
