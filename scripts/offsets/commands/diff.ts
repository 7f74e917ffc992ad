import { mergeMax } from "../../../mod.ts";
import type { Command } from "../command_line/command.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { printJson } from "../output/json_output.ts";
import { countQueues } from "../output/plural.ts";
import { QUEUE_COLUMNS, queueCells } from "../output/queue_columns.ts";
import { readToShow } from "../reading/read_table.ts";
import { formatTable } from "../../lib/table.ts";

export const diff: Command = {
  name: "diff",
  summary: "Compare two files, queue by queue",
  usage: "diff A B",
  operands: ["A", "B"],
  options: {},
  details:
    "Lists the queues whose offsets differ; the exit code is 1 if there are any. The form\n" +
    "of the files, Go's, Java's or that of ali-ons, makes no difference.",
  examples: ["diff offset.json offset.json.bak", "diff offsets.json converted/offset.json"],
  async run(args, io) {
    const [a, b] = args.operands;
    const [left, right] = [
      await readToShow("compare", a, io),
      await readToShow("compare", b, io),
    ];
    const differences = [...mergeMax(left.table, right.table)]
      .map(([mq]) => ({ mq, a: left.table.get(mq), b: right.table.get(mq) }))
      .filter(({ a, b }) => a !== b);
    if (args.flag("json")) {
      printJson(io, "diff", {
        a,
        b,
        equal: differences.length === 0,
        differences: differences.map(({ mq, a, b }) => ({
          ...mq,
          a: a === undefined ? null : String(a),
          b: b === undefined ? null : String(b),
        })),
      });
    } else if (differences.length === 0) {
      io.out(`Equal: ${countQueues(left.table.size)}\n`);
    } else {
      const rows = differences.map(({ mq, a, b }) => [
        ...queueCells(mq),
        String(a ?? "none"),
        String(b ?? "none"),
        a === undefined || b === undefined ? "" : `${b > a ? "+" : ""}${b - a}`,
      ]);
      io.out(formatTable(COLUMNS, rows));
    }
    return differences.length === 0 ? EXIT.ok : EXIT.finding;
  },
};

const COLUMNS = [
  ...QUEUE_COLUMNS,
  { title: "A", align: "right" },
  { title: "B", align: "right" },
  { title: "B-A", align: "right" },
] as const;
