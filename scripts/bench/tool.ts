import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { OffsetTable, serialize } from "../../mod.ts";
import { currentRuntime } from "../lib/runtimes.ts";
import { type Outcome, runToEnd } from "./process_cost.ts";
import { queuesOf } from "./queues.ts";
import { type Context, digits, type Figure, type Result, type Section, times } from "./section.ts";
import { openDatabase } from "./sqlite.ts";
import { median } from "./statistics.ts";

/** A program that prints a table or judges it. */
interface Printer {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether its reader goes away after the first rows. */
  readonly isHead?: boolean;
}

const VERIFY = "offsets verify";

function scriptCommand(path: string): readonly string[] {
  const flags = {
    deno: ["run", "--no-config", "--no-lock", "--quiet", "-A"],
    bun: [],
    node: ["--disable-warning=ExperimentalWarning"],
  }[currentRuntime()];
  return [process.execPath, ...flags, fileURLToPath(new URL(path, import.meta.url))];
}

function printersOf(file: string, database: string): readonly Printer[] {
  const offsets = scriptCommand("../offsets.ts");
  const query = "SELECT topic, broker, queue, position FROM offsets ORDER BY topic, broker, queue";
  return [
    { name: VERIFY, command: [...offsets, "verify", file] },
    { name: "offsets show", command: [...offsets, "show", file] },
    { name: "offsets show | head", command: [...offsets, "show", file], isHead: true },
    { name: "offsets show --whole", command: [...offsets, "show", file, "--whole"] },
    { name: "offsets show --csv", command: [...offsets, "show", file, "--csv"] },
    {
      name: "node:sqlite, the same rows",
      command: [...scriptCommand("print_sqlite.ts"), database],
    },
    {
      name: "sqlite3 -column",
      command: ["sqlite3", "-readonly", "-column", "-header", database, query],
    },
  ];
}

async function prepare(queues: number, directory: string): Promise<readonly Printer[]> {
  await mkdir(directory, { recursive: true });
  const all = [...queuesOf(queues)];
  const entries = all.map((mq, i) => [mq, 1_000_000n + BigInt(i)] as const);
  const file = join(directory, "offset.json");
  await writeFile(file, serialize(OffsetTable.from(entries), { checksum: true }));
  const path = join(directory, "offsets.sqlite");
  const database = await openDatabase(path);
  database.exec(
    "CREATE TABLE offsets (topic, broker, queue, position, PRIMARY KEY (topic, broker, queue)) WITHOUT ROWID; BEGIN",
  );
  const insert = database.prepare("INSERT INTO offsets VALUES (?, ?, ?, ?)");
  for (const [{ topic, brokerName, queueId }, offset] of entries) {
    insert.run(topic, brokerName, queueId, offset);
  }
  database.exec("COMMIT");
  database.close();
  return printersOf(file, path);
}

async function printAt(queues: number, context: Context): Promise<Result> {
  const title = `Print ${queues.toLocaleString("en")} queues, each a process of its own`;
  const printers = await prepare(queues, join(context.directory, `tool-${queues}`));
  const rounds = context.quick ? 1 : 3;
  const outcomes = printers.map((): Outcome[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { name, command, isHead }] of printers.entries()) {
      context.progress(`${name}, ${queues.toLocaleString("en")} queues`, round / rounds);
      const outcome = await runToEnd(command, isHead ?? false);
      if (outcome !== undefined) outcomes[i].push(outcome);
    }
  }
  const present = printers.map(({ name }, i) => ({ name, outcomes: outcomes[i] }))
    .filter(({ outcomes }) => outcomes.length > 0);
  const medianOf = (each: readonly Outcome[], what: keyof Outcome) =>
    median(each.map((outcome) => outcome[what]));
  const verify = medianOf(present[0].outcomes, "all");
  return {
    title,
    columns: [
      { title: "" },
      { title: "FIRST ROWS ms", align: "right" },
      { title: "ALL ms", align: "right" },
      { title: "THROUGH verify", align: "right" },
      { title: "MEMORY MB", align: "right" },
    ],
    rows: present.map(({ name, outcomes }) => [
      name,
      digits(medianOf(outcomes, "first")),
      digits(medianOf(outcomes, "all")),
      times(medianOf(outcomes, "all") / verify),
      digits(medianOf(outcomes, "megabytes")),
    ]),
    figures: present.flatMap(({ name, outcomes }): Figure[] => [
      { what: `${name}, first rows`, queues, value: medianOf(outcomes, "first"), unit: "ms" },
      {
        what: name,
        queues,
        value: medianOf(outcomes, "all"),
        unit: "ms",
        ratio: medianOf(outcomes, "all") / verify,
      },
      { what: `${name}, memory`, queues, value: medianOf(outcomes, "megabytes"), unit: "MB" },
    ]),
  };
}

/** The operator's tool beside SQLite that prints the same table. */
export const toolSection: Section = {
  name: "tool",
  async run(context) {
    const results: Result[] = [];
    for (const queues of context.quick ? [2000] : [100_000, 1_000_000]) {
      results.push(await printAt(queues, context));
    }
    return results;
  },
};
