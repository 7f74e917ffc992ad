import { readFile } from "node:fs/promises";
import { decode, OffsetFileSyntaxError, type OffsetTable } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { newFile, planChanges, toChange } from "../changing/plan_changes.ts";
import { describe, nearMiss } from "../changing/select_queues.ts";
import type { Command } from "../command_line/command.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { errorCode } from "../../../src/file/errors/error_code.ts";
import { CommandError } from "../command_line/command_error.ts";
import { parseCsv } from "../exchange/csv.ts";
import { ExchangeError } from "../exchange/exchange_error.ts";
import { parseJsonTable } from "../exchange/json_table.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";
import { formatForName } from "../reading/inspect_file.ts";
import { isFresh } from "../reading/is_fresh.ts";
import { readTable } from "../reading/read_table.ts";

export const importCommand: Command = {
  name: "import",
  summary: "Set the offsets that a CSV or JSON file lists",
  usage: `import FILE --csv|--json [--from TEXT] [--add|--create] [--force] ${CHANGE_USAGE}`,
  operands: ["FILE"],
  options: {
    csv: { help: "TEXT is CSV, as export --csv prints it" },
    json: { help: "TEXT is JSON, as export --json prints it, unless --csv is given; print JSON" },
    from: { value: "TEXT", help: "the file to read; without it, standard input" },
    add: { help: "add queues that FILE does not hold" },
    create: { help: "make FILE if there is none" },
    force: { help: "lower offsets: messages are consumed again" },
    ...CHANGE_OPTIONS,
  },
  details: "Queues that TEXT does not list stay as they are.\n\n" + CHANGE_DETAILS,
  examples: [
    "import offset.json --csv --from offsets.csv",
    "import copy/offset.json --json --create --yes < offsets.json",
  ],
  async run(args, io) {
    const [path] = args.operands;
    const isCsv = args.flag("csv");
    if (!isCsv && !args.flag("json")) args.fail("it needs --csv or --json");
    const imported = await read(args.option("from"), isCsv ? parseCsv : parseJsonTable, io);
    const isNew = args.flag("create") && await isFresh(path);
    const file = isNew
      ? newFile(path, formatForName(path) ?? "go")
      : toChange(await readTable("import into", path));
    if (!isNew && !args.flag("add")) refuseNewQueues(path, file.table, imported);
    const changes = [...imported].map(([mq, to]) => ({ mq, from: file.table.get(mq), to }));
    const lowering = args.flag("force") ? "wanted" : "refused";
    return await carryOut(planChanges(file, changes, { lowering }, io), args, io);
  },
};

async function read(
  from: string | undefined,
  parse: (text: string) => OffsetTable,
  io: ToolIo,
): Promise<OffsetTable> {
  const name = from === undefined ? "the standard input" : quote(from);
  try {
    return parse(decode(from === undefined ? await io.input!() : await readFile(from)));
  } catch (error) {
    if (error instanceof ExchangeError || error instanceof OffsetFileSyntaxError) {
      const reason = error instanceof ExchangeError ? error.message : error.reason;
      throw new CommandError(
        `Cannot import ${name}: ${reason}`,
        "Nothing is changed. Correct the text, then run the same command again.",
        { code: "bad", path: from, cause: error },
      );
    }
    throw new CommandError(
      `Cannot import ${name}: ${describeSystemError(error)}`,
      errorCode(error) === "ENOENT"
        ? "Name the file to import with --from, or pass it as standard input."
        : nextStepAfter(error),
      { path: from, cause: error },
    );
  }
}

function refuseNewQueues(path: string, table: OffsetTable, imported: OffsetTable): void {
  const added = [...imported].map(([mq]) => mq).filter((mq) => !table.has(mq));
  if (added.length === 0) return;
  const others = added.length > 1 ? `, and ${added.length - 1} more` : "";
  throw new CommandError(
    `Cannot import into ${quote(path)}: it holds no ${describe(added[0])}${others}`,
    `${nearMiss(table, added[0])} To add queues, use --add.`,
    { code: "no-match", path },
  );
}
