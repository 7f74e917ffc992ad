/** The examples of docs/operators-tool.md print what the page shows. */
import assert from "node:assert/strict";
import { utimes } from "node:fs/promises";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { read } from "../architecture/sources.ts";
import { type Entry, table, Workspace } from "../scripts/offsets_run.ts";
import { isUpdate, perform, stepsOf, update } from "./transcript.ts";

const PAGE = read("docs/operators-tool.md");
const NOW = 1_700_000_000_000;

const sealed = (...entries: Entry[]) => serialize(table(...entries), { checksum: true });
const mails = sealed(["mails", "broker-a", 0, 540n]).replace("540", "504");
const logins = serialize(table(["logins", "broker-b", 3, 77n]), { format: "java" });
const A = "broker-a";
const invoices = serialize(table(["invoices", A, 0, 310n], ["invoices", A, 1, 305n]));
const orders = (a: bigint, b: bigint) =>
  sealed(["orders", A, 0, a], ["orders", A, 1, 998n], ["orders", "broker-b", 0, b]);

/** The files of the example: path, text, and age in seconds. */
const STORES = [
  ["10.0.0.7@4711/orders/offset.json", orders(1024n, 1011n), 4],
  ["10.0.0.7@4711/orders/offset.json.bak", orders(1019n, 1003n), 9],
  ["10.0.0.7@4711/mails/offset.json", mails, 60],
  ["10.0.0.9@DEFAULT/audit/offsets.json", logins, 180],
  ["billing/10.0.0.8@DEFAULT/offset.json", invoices.slice(0, 90), 7200],
  ["billing/10.0.0.8@DEFAULT/offset.json.bak", invoices, 7205],
] as const;

/** Without the unique part of a kept file's name. */
const normalise = (text: string) =>
  text.replaceAll(/\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}/g, "<time>-<id>");

test("docs/operators-tool.md: the tool prints what the page shows", async () => {
  await using w = await Workspace.make();
  for (const [name, text, age] of STORES) {
    await utimes(await w.write(`stores/${name}`, text), NOW / 1000 - age, NOW / 1000 - age);
  }
  const steps = stepsOf(PAGE);
  assert.equal(steps.length, 5);
  const io = { now: () => NOW, size: () => ({ columns: 80, rows: 24 }) };
  const printed: string[] = [];
  for (const step of steps) {
    printed.push(await perform(step, w, io));
    if (!isUpdate) assert.equal(normalise(printed.at(-1)!), normalise(step.shown), step.command);
  }
  if (isUpdate) await update(new URL(`../../docs/operators-tool.md`, import.meta.url), printed);
});
