/** The transcripts of docs/changing-offsets.md are what the tool prints, and its figures the code's. */
import assert from "node:assert/strict";
import { readFile, utimes } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore, serialize } from "../../mod.ts";
import { AT_REST_MS, WATCH_MS } from "../../scripts/offsets/changing/live_consumer.ts";
import { MOST_UNDO_BYTES, MOST_UNDO_FILES } from "../../scripts/offsets/undo/undo_files.ts";
import { type Entry, table, Workspace } from "../scripts/offsets_run.ts";
import { isUpdate, perform, stepsOf, update } from "./transcript.ts";

const PAGE = new URL("../../docs/changing-offsets.md", import.meta.url);
const page = await readFile(PAGE, "utf8");

const A = "broker-a";
const orders = (...offsets: readonly [bigint, bigint, bigint]) =>
  table(["orders", A, 0, offsets[0]], ["orders", A, 1, offsets[1]], [
    ...["orders", "broker-b", 0, offsets[2]] as const,
  ] as Entry);

async function prepare(): Promise<Workspace> {
  const w = await Workspace.make();
  const sealed = (each: ReturnType<typeof orders>) => serialize(each, { checksum: true });
  await w.write("stores/10.0.0.7@4711/orders/offset.json", sealed(orders(1024n, 998n, 1011n)));
  await w.write("stores/10.0.0.7@3021/orders/offset.json", sealed(orders(7n, 8n, 9n)));
  await w.write("stores/10.0.0.7@3021/mails/offset.json", sealed(table(["mails", A, 0, 540n])));
  for (const name of ["orders", "mails"]) {
    const days = name === "mails" ? 12 : 9;
    const seconds = Date.now() / 1000 - days * 86_400;
    await utimes(w.path(`stores/10.0.0.7@3021/${name}/offset.json`), seconds, seconds);
  }
  await w.write("copies/monday.json", orders(500n, 400n, 300n));
  await w.write("copies/tuesday.json", orders(600n, 400n, 200n));
  await w.write(
    "new-offsets.csv",
    `topic,brokerName,queueId,offset\norders,${A},0,900\norders,${A},1,850\n`,
  );
  await edit(w);
  return w;
}

/** A store whose queue 1 went from 998 to 1040 in its journal, and whose queue 0 was edited then. */
async function edit(w: Workspace): Promise<void> {
  const store = await LocalFileOffsetStore.open({
    ...{ clientId: "", group: "", root: w.path("edited"), journal: true },
  });
  const queue = (queueId: number) => ({ topic: "orders", brokerName: A, queueId });
  for (const [id, offset] of [[0, 1024], [1, 998]]) store.update(queue(id), offset, true);
  await store.persist();
  store.update(queue(1), 1040, true);
  await store.persist();
  const text = await w.text("edited/offset.json");
  await w.write("edited/offset.json", text.replace(":1024", ":1500"));
}

/**
 * Without what differs from run to run: unique names, the user and the process, the widths of
 * columns, and so how much of a long command line is cut.
 */
const normalise = (text: string) =>
  text.replaceAll(/\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}/g, "<time>-<id>")
    .replaceAll(/^( *\d+ +0s +)\S+ +\d+ /gm, "$1alice 4242 ")
    .replaceAll(/^(\d.* (?:set|import) ).*$/gm, "$1").replaceAll(/ +/g, " ");

/** An hour from now: no file is young. */
const NOW = Date.now() + 3_600_000;

test("docs/changing-offsets.md: the tool prints what the page shows, at 80 columns", async () => {
  await using w = await prepare();
  const printed: string[] = [];
  const steps = stepsOf(page);
  assert.ok(steps.length > 15);
  const io = { now: () => NOW, size: () => ({ columns: 80, rows: 24 }) };
  for (const step of steps) {
    printed.push(await perform(step, w, io));
    if (!isUpdate) assert.equal(normalise(printed.at(-1)!), normalise(step.shown), step.command);
  }
  if (isUpdate) await update(PAGE, printed);
});

test("docs/changing-offsets.md: at 160 columns no line is longer, and less is cut", async () => {
  await using w = await prepare();
  const io = { now: () => NOW, size: () => ({ columns: 160, rows: 24 }) };
  for (const step of stepsOf(page)) {
    const printed = await perform(step, w, io);
    if (!step.command.startsWith("history")) {
      assert.equal(normalise(printed), normalise(step.shown), step.command);
      continue;
    }
    for (const line of printed.split("\n")) assert.ok(line.length <= 160, line);
    assert.match(printed, / set --topic orders --broker broker-a --queue 0 1500 --yes\n/);
    assert.match(step.shown, / set --topic orders --broker broker-a --queue 0 …\n/);
  }
});

test("docs/changing-offsets.md gives the figures of the code", () => {
  const text = page.replaceAll(/\s+/g, " ");
  const figures = [AT_REST_MS, WATCH_MS, MOST_UNDO_FILES, MOST_UNDO_BYTES];
  assert.deepEqual(figures, [10_000, 6000, 10, 64 * 2 ** 20]);
  for (
    const figure of [
      "not touched for ten seconds",
      "watched for six seconds",
      "The last ten are kept",
      "no more than 64 MiB",
    ]
  ) assert.ok(text.includes(figure), figure);
});
