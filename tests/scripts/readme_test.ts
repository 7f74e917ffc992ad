import assert from "node:assert/strict";
import { access, readFile, utimes } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore, serialize } from "../../mod.ts";
import { type Entry, run, table, Workspace } from "./offsets_run.ts";

const ROOT = new URL("../../", import.meta.url);
const readText = (path: string) => readFile(new URL(path, ROOT), "utf8");
const README = await readText("README.md");
const NOW = 1_700_000_000_000;

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1]);

/** The names in the first column of the table with this title. */
function firstColumn(title: string): string[] {
  const [, rows] = README.match(new RegExp(`^\\| ${title} .*\\n\\|.*\\n((?:\\|.*\\n)+)`, "m"))!;
  return rows.split("\n").flatMap((row) => matches(row.split("|")[1] ?? "", /`(\w+)/g));
}

const sealed = (...entries: Entry[]) => serialize(table(...entries), { checksum: true });
const mails = sealed(["mails", "broker-a", 0, 540n]).replace("540", "504");
const logins = serialize(table(["logins", "broker-b", 3, 77n]), { format: "java" });
const A = "broker-a";
const invoices = serialize(table(["invoices", A, 0, 310n], ["invoices", A, 1, 305n]));
const orders = (a: bigint, b: bigint) =>
  sealed(["orders", A, 0, a], ["orders", A, 1, 998n], ["orders", "broker-b", 0, b]);

/** The files that README's operator looks at: path, text, and age in seconds. */
const STORES = [
  ["10.0.0.7@4711/orders/offset.json", orders(1024n, 1011n), 4],
  ["10.0.0.7@4711/orders/offset.json.bak", orders(1019n, 1003n), 9],
  ["10.0.0.7@4711/mails/offset.json", mails, 60],
  ["10.0.0.9@DEFAULT/audit/offsets.json", logins, 180],
  ["billing/10.0.0.8@DEFAULT/offset.json", invoices.slice(0, 90), 7200],
  ["billing/10.0.0.8@DEFAULT/offset.json.bak", invoices, 7205],
] as const;

/** Without the unique part of a kept file's name, and with columns two spaces apart. */
const normalise = (text: string) => text.replace(/(?<=corrupt-)\S+| (?= {2})/g, "");

test("README: the two commands stand alone in a block", () => {
  const blocks = matches(README, /^```sh\n([^]*?)^```$/gm);
  const commands = ["demo", "test"].map((task) => `npx -y deno@2.9.6 task ${task}\n`);
  assert.deepEqual(commands.filter((command) => !blocks.includes(command)), []);
});

test("README: the tasks, the links and the names in its tables exist", async () => {
  const { tasks } = JSON.parse(await readText("deno.json"));
  const named = matches(README, /deno(?:@[\d.]+)? task ([\w:]+)/g);
  assert.deepEqual(named.filter((name) => !Object.hasOwn(tasks, name)), []);
  assert.ok(named.length > 10);
  for (const link of matches(README, /\]\(([^)#:]+)\)/g)) await access(new URL(link, ROOT));
  const slug = (title: string) => title.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-");
  const headings = matches(README, /^#+ (.*)$/gm).map(slug);
  assert.deepEqual(matches(README, /\]\(#([^)]+)\)/g).filter((to) => !headings.includes(to)), []);

  const entries = await readText("mod.ts") + await readText("src/core/mod.ts");
  const exported = matches(entries, /^export (?:type )?\{([^}]*)\}/gm).join().match(/\w+/g)!;
  assert.ok(firstColumn("Export").length > 20);
  assert.deepEqual(firstColumn("Export").filter((name) => !exported.includes(name)), []);
  await using w = await Workspace.make();
  await using store = await LocalFileOffsetStore.open({ clientId: "", group: "", root: w.root });
  assert.deepEqual(firstColumn("Member").filter((name) => !(name in store)), []);
});

test("README: the operator's tool prints what it shows", async () => {
  await using w = await Workspace.make();
  for (const [name, text, age] of STORES) {
    await utimes(await w.write(`stores/${name}`, text), NOW / 1000 - age, NOW / 1000 - age);
  }
  const pattern = /^```sh\ndeno task offsets (.*)\n```\n\n```text\n([^]*?)^```$/gm;
  const blocks = [...README.matchAll(pattern)];
  assert.equal(blocks.length, 5);
  for (const [, command, shown] of blocks) {
    const args = command.split(" ").map((arg) => arg.startsWith("stores") ? w.path(arg) : arg);
    const { out, err } = await run(args, { now: () => NOW });
    assert.deepEqual([normalise(out.replaceAll(`${w.root}/`, "")), err], [normalise(shown), ""]);
  }
});
