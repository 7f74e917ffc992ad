import assert from "node:assert/strict";
import { access, readFile, utimes } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore, serialize } from "../../mod.ts";
import { type Entry, run, table, Workspace } from "./offsets_run.ts";

const ROOT = new URL("../../", import.meta.url);
const readText = (path: string) => readFile(new URL(path, ROOT), "utf8");
const README = await readText("README.md");
const NOW = Date.now();

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1]);

/** The names in the first column of the table with this title. */
function firstColumn(title: string): string[] {
  const [, rows] = README.match(new RegExp(`^\\| ${title} .*\\n\\|.*\\n((?:\\|.*\\n)+)`, "m"))!;
  return rows.split("\n").flatMap((row) => matches(row.split("|")[1] ?? "", /`(\w+)/g));
}

/** Writes the files that README's operator looks at, as old as README says. */
async function writeStores(w: Workspace): Promise<void> {
  const put = async (name: string, content: string, age: number) => {
    const at = (NOW - age * 1000 - 500) / 1000;
    await utimes(await w.write(`stores/${name}`, content), at, at);
  };
  const [a, b, bill] = ["orders broker-a", "orders broker-b", "invoices broker-a"]
    .map((names) => names.split(" ") as [string, string]);
  const sealed = (...entries: Entry[]) => serialize(table(...entries), { checksum: true });
  const orders = sealed([...a, 0, 1024n], [...a, 1, 998n], [...b, 0, 1011n]);
  const before = sealed([...a, 0, 1019n], [...a, 1, 998n], [...b, 0, 1003n]);
  const mails = sealed(["mails", "broker-a", 0, 540n]).replace("540", "504");
  const logins = serialize(table(["logins", "broker-b", 3, 77n]), { format: "java" });
  const invoices = serialize(table([...bill, 0, 310n], [...bill, 1, 305n]));
  await put("10.0.0.7@4711/orders/offset.json", orders, 4);
  await put("10.0.0.7@4711/orders/offset.json.bak", before, 9);
  await put("10.0.0.7@4711/mails/offset.json", mails, 60);
  await put("10.0.0.9@DEFAULT/audit/offsets.json", logins, 180);
  await put("billing/10.0.0.8@DEFAULT/offset.json", invoices.slice(0, 90), 7200);
  await put("billing/10.0.0.8@DEFAULT/offset.json.bak", invoices, 7205);
}

/** Without the unique part of a kept file's name, and with columns two spaces apart. */
const normalise = (text: string) =>
  text.replace(/corrupt-\S+/g, "corrupt-…").replace(/ {2,}/g, "  ");

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
  const headings = matches(README, /^#+ (.*)$/gm)
    .map((title) => title.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-"));
  const anchors = matches(README, /\]\(#([^)]+)\)/g);
  assert.deepEqual(anchors.filter((anchor) => !headings.includes(anchor)), []);

  const entries = await readText("mod.ts") + await readText("src/core/mod.ts");
  const exported = matches(entries, /^export (?:type )?\{([^}]*)\}/gm).join().match(/\w+/g)!;
  const exports = firstColumn("Export");
  assert.ok(exports.length > 20);
  assert.deepEqual(exports.filter((name) => !exported.includes(name)), []);

  await using w = await Workspace.make();
  await using store = await LocalFileOffsetStore.open({ clientId: "", group: "", root: w.root });
  assert.deepEqual(firstColumn("Member").filter((name) => !(name in store)), []);
});

test("README: the operator's tool prints what it shows", async () => {
  await using w = await Workspace.make();
  await writeStores(w);
  const pattern = /^```sh\ndeno task offsets (.*)\n```\n\n```text\n([^]*?)^```$/gm;
  const blocks = [...README.matchAll(pattern)];
  assert.equal(blocks.length, 5);
  for (const [, command, shown] of blocks) {
    const args = command.split(" ").map((arg) => arg.startsWith("stores") ? w.path(arg) : arg);
    const { out, err } = await run(args, { now: () => NOW });
    const printed = out.replaceAll(`${w.root}/`, "");
    assert.deepEqual([normalise(printed), err], [normalise(shown), ""], command);
  }
});
