import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalFileOffsetStore, OffsetTable, parse, serialize } from "../../mod.ts";
import { sweep } from "./garbage.ts";
import { queuesOf } from "./queues.ts";
import { type Case, measure } from "./rounds.ts";
import { type Context, digits, type Figure, type Result, type Section, times } from "./section.ts";
import { median, ratio } from "./statistics.ts";

export const OPEN = "open";

// TypeScript does not know it yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

async function loadAt(queues: number, context: Context): Promise<Result> {
  const table = OffsetTable.from(queuesOf(queues).map((mq, i) => [mq, 1_000_000n + BigInt(i)]));
  const text = serialize(table, { checksum: true });
  const root = join(context.directory, `load-${queues}`);
  const directory = join(root, "c", "g");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "offset.json"), text);
  const rounds = context.quick ? 3 : queues > 100_000 ? 3 : 12;
  const half = (i: number) => (share: number) =>
    context.progress(`load, ${queues.toLocaleString("en")} queues`, (i + share) / 2);
  // Otherwise one pays for the garbage of another.
  const swept = (cases: readonly Case[]) => cases.map((each) => ({ ...each, prepare: sweep }));
  const loading: Case[] = [
    { name: "JSON.parse of the text", batch: 1, run: () => void JSON.parse(text) },
    {
      name: OPEN,
      batch: 1,
      async run() {
        const store = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root });
        if (store.status().queues !== queues) throw new Error("not all was loaded");
      },
    },
    { name: "parse", batch: 1, run: () => void parse(text) },
  ];
  // Before there are a million objects more for each collection of garbage to look at.
  const loads = await measure(swept(loading), rounds, half(0));
  const object = JSON.parse(text);
  const entries = Object.entries(object.offsetTable).map(([key, offset]) => [
    key,
    rawJSON(String(offset)),
  ]);
  const raw = { offsetTable: Object.fromEntries(entries) };
  const encoding: Case[] = [
    { name: "JSON.stringify, numbers", batch: 1, run: () => void JSON.stringify(object) },
    { name: "JSON.stringify, bigint by rawJSON", batch: 1, run: () => void JSON.stringify(raw) },
    { name: "serialize", batch: 1, run: () => void serialize(table) },
  ];
  const measured = [...loads, ...await measure(swept(encoding), rounds, half(1))];
  const megabytes = new TextEncoder().encode(text).length / 1e6;
  const against = (i: number) => ratio(measured[i].rounds, measured[i < 3 ? 0 : 3].rounds);
  return {
    title: `Load and encode, ${queues.toLocaleString("en")} queues, ${digits(megabytes)} MB`,
    columns: [
      { title: "" },
      { title: "MEDIAN ms", align: "right" },
      { title: "MB/s", align: "right" },
      { title: "TO JSON", align: "right" },
    ],
    rows: measured.map((each, i) => [
      each.name,
      digits(median(each.rounds)),
      digits(megabytes / median(each.rounds) * 1000),
      times(against(i)),
    ]),
    figures: measured.map((each, i): Figure => ({
      what: each.name,
      queues,
      value: median(each.rounds),
      unit: "ms",
      ratio: against(i),
    })),
  };
}

export const loadSection: Section = {
  name: "load",
  async run(context) {
    const results = [await loadAt(context.quick ? 10_000 : 100_000, context)];
    if (!context.quick) results.push(await loadAt(1_000_000, context));
    return results;
  },
};
