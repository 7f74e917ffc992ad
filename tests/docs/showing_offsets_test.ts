/** The transcripts of docs/showing-offsets.md are what the tool prints. */
import assert from "node:assert/strict";
import { readFile, utimes } from "node:fs/promises";
import { test } from "node:test";
import { ERROR_CODES } from "../../scripts/offsets/command_line/command_error.ts";
import { DENO_RUN } from "../../scripts/offsets/command_line/program_name.ts";
import { table, Workspace } from "../scripts/offsets_run.ts";
import { isUpdate, perform, stepsOf, update } from "./transcript.ts";

const PAGE = new URL("../../docs/showing-offsets.md", import.meta.url);
const page = await readFile(PAGE, "utf8");

const A = "broker-a";
const ORDERS = table(["orders", A, 0, 1024n], ["orders", A, 1, 998n], ["mails", A, 0, 540n]);

async function prepare(): Promise<Workspace> {
  const w = await Workspace.make();
  const main = (id: string) => w.write(`stores/${id}/orders/offset.json`, ORDERS);
  await main("10.0.0.7@4711");
  await w.write("stores/10.0.0.7@4711/orders/offset.json.bak", "");
  await w.write("stores/10.0.0.9@4711/orders/offset.json", '{"offsetTable":{"');
  await w.write("stores/10.0.0.9@4711/orders/offset.json.bak", ORDERS);
  await w.write("stores/10.0.0.10@DEFAULT/orders/offsets.json", ORDERS, "java");
  for (const [id, days] of [["10.0.0.7@3021", 9], ["10.0.0.7@977", 40]] as const) {
    const seconds = Date.now() / 1000 - days * 86_400;
    await utimes(await main(id), seconds, seconds);
  }
  await w.write("copies/monday.json", ORDERS);
  await w.write("copies/tuesday.json", table(["orders", A, 0, 2048n], ["orders", A, 1, 998n]));
  return w;
}

/** An hour from now. */
const NOW = Date.now() + 3_700_000;
const io = (columns: number) => ({ now: () => NOW, size: () => ({ columns, rows: 24 }) });

test("docs/showing-offsets.md: the tool prints what the page shows, at 80 columns", async () => {
  await using w = await prepare();
  const printed: string[] = [];
  const steps = stepsOf(page);
  assert.ok(steps.length > 8);
  for (const step of steps) {
    printed.push(await perform(step, w, io(80)));
    if (isUpdate) continue;
    assert.equal(printed.at(-1)!, step.shown, step.command);
    if (!/^(list|verify)/.test(step.command)) continue;
    const lines = step.shown.split("\n").filter((line) => !/ with: /.test(line));
    for (const line of lines) assert.ok(line.length <= 80, line);
  }
  if (isUpdate) await update(PAGE, printed);
});

test("docs/showing-offsets.md: at 160 columns less is cut, and nothing else differs", async () => {
  await using w = await prepare();
  for (const step of stepsOf(page)) {
    const printed = await perform(step, w, io(160));
    const lines = printed.split("\n");
    for (const line of lines) assert.ok(line.length <= 160, line);
    if (step.command.startsWith("verify")) assert.ok(lines.length <= step.shown.split("\n").length);
    else if (!step.command.startsWith("list")) assert.equal(printed, step.shown, step.command);
    else {
      assert.equal(lines.length, step.shown.split("\n").length);
      assert.doesNotMatch(printed, /…/);
      assert.match(printed, /^In stores\//m);
    }
  }
});

test("docs/showing-offsets.md names the permissions and every code of an error", () => {
  assert.ok(page.includes(`\`${DENO_RUN} https://`));
  const [, rows] = /<!-- codes -->\n([^]*)<!-- \/codes -->/.exec(page)!;
  const named = [...rows.matchAll(/^\| `([\w-]+)` +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  assert.deepEqual(named, Object.entries(ERROR_CODES));
});
