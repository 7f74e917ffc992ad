import { mergeMax, type MessageQueue, type Offset } from "../../../mod.ts";
import { escape } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { type Column, formatTable } from "../../lib/table.ts";
import type { Command } from "../command_line/command.ts";
import { printJson } from "../output/json_output.ts";
import { countQueues } from "../output/plural.ts";
import { QUEUE_COLUMNS, queueCells } from "../output/queue_columns.ts";
import { readToShow } from "../reading/read_table.ts";

/** A queue whose offsets differ: one for each file, `undefined` where the file lacks the queue. */
interface Difference {
  readonly mq: MessageQueue;
  readonly offsets: readonly (Offset | undefined)[];
}

export const diff: Command = {
  name: "diff",
  summary: "Compare files, queue by queue",
  usage: "diff A B…",
  operands: ["A", "B…"],
  options: {},
  details:
    "Lists the queues whose offsets differ; the exit code is 1 if there are any. The form\n" +
    "of the files, Go's, Java's or that of ali-ons, makes no difference.",
  examples: ["diff offset.json offset.json.bak", "diff */offset.json --json"],
  async run(args, io) {
    const files = args.operands;
    const read = await Array.fromAsync(files, (path) => readToShow("compare", path, io));
    const tables = read.map(({ table }) => table);
    const all = tables.reduce((all, each) => mergeMax(all, each));
    const differences: Difference[] = [...all]
      .map(([mq]) => ({ mq, offsets: tables.map((table) => table.get(mq)) }))
      .filter(({ offsets }) => offsets.some((offset) => offset !== offsets[0]));
    if (args.flag("json")) {
      printJson(io, "diff", {
        files,
        equal: differences.length === 0,
        differences: differences.map(({ mq, offsets }) => ({
          ...mq,
          offsets: offsets.map((offset) => offset?.toString() ?? null),
        })),
      });
    } else if (differences.length === 0) {
      io.out(`Equal: ${countQueues(all.size)}\n`);
    } else {
      io.out(textOf(files, differences));
    }
    return differences.length === 0 ? EXIT.ok : EXIT.finding;
  },
};

/** Two files have a column for what lies between them; more have a legend instead. */
function textOf(files: readonly string[], differences: readonly Difference[]): string {
  const names = files.map((_, i) => letterOf(i));
  const isPair = files.length === 2;
  const titles = isPair ? [...names, "B-A"] : names;
  const columns: Column[] = [
    ...QUEUE_COLUMNS,
    ...titles.map((title) => ({ title, align: "right" as const })),
  ];
  const rows = differences.map(({ mq, offsets }) => [
    ...queueCells(mq),
    ...offsets.map((offset) => offset?.toString() ?? "none"),
    ...(isPair ? [distanceText(offsets)] : []),
  ]);
  const legend = isPair ? [] : files.map((path, i) => `${names[i]}: ${escape(path)}\n`);
  return formatTable(columns, rows) + legend.join("");
}

/** A, B, …, Z, A1, B1, … */
function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + index % 26) + (round === 0 ? "" : round);
}

function distanceText([a, b]: Difference["offsets"]): string {
  if (a === undefined || b === undefined) return "";
  return `${b > a ? "+" : ""}${b - a}`;
}
