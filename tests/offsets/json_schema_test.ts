/** The output of every command with --json follows docs/offsets.schema.json, and has nothing else. */
import assert from "node:assert/strict";
import { mkdir, readFile, utimes } from "node:fs/promises";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ERROR_CODES } from "../../scripts/offsets/command_line/command_error.ts";
import { run, table, Workspace } from "../scripts/offsets_run.ts";

const SCHEMA = JSON.parse(
  await readFile(new URL("../../docs/offsets.schema.json", import.meta.url), "utf8"),
);

/** The same schema without room for members that it does not name. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, each]) => [key, strict(each)]),
  );
  return "properties" in inner ? { ...inner, additionalProperties: false } : inner;
}

const ajv = new Ajv2020({ allErrors: true, validateFormats: false });
const validate = ajv.compile(strict(SCHEMA) as object);

/** The faults of a value, by the part of the schema that its command has. */
function faultsOf(value: { command?: string }): string {
  const { command } = value;
  if (validate(value)) return "";
  const parts = SCHEMA.oneOf.filter((each: { properties: { command?: { const: string } } }) =>
    each.properties.command?.const === command
  );
  const faults = parts.map((part: object) => {
    const one = new Ajv2020({ allErrors: true, validateFormats: false });
    const check = one.compile(strict({ ...part, $defs: SCHEMA.$defs }) as object);
    check(value);
    return one.errorsText(check.errors);
  });
  return `${JSON.stringify(value)}\n${faults.join("\n")}`;
}

const A = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, 9223372036854775807n]);
const FILTER = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];

/** Command lines in a workspace, in their order; a word that begins with a slash is a path there. */
const LINES: readonly string[] = [
  "list / --json",
  "list / --jsonl",
  "list / --orphans --json",
  "list /nowhere --json",
  "show /a/offset.json --json",
  "show /ali/offsets.json --json",
  "show /edited.json --json",
  "show /torn.json --json",
  "show /a/offset.json --topic none --json",
  "show /a/offset.json --watch --json",
  "show /torn.json --watch --json",
  "verify /a/offset.json /torn.json /edited.json /none.json --json",
  "diff /a/offset.json /b.json --json",
  "export /a/offset.json --json",
  "backup /a/offset.json /copy --json",
  "set /a/offset.json FILTER 11 --yes --json",
  "set /a/offset.json FILTER 11 --json",
  "set /a/offset.json FILTER 5 --yes --json",
  "reset /a/offset.json --to-offset 3 --topic orders --force --yes --json",
  "history /a/offset.json --json",
  "undo /a/offset.json --yes --json",
  "delete /a/offset.json --topic orders --dry-run --json",
  "import /a/offset.json --csv --from /new.csv --yes --json",
  "merge /a/offset.json /b.json --out /merged.json --yes --json",
  "convert /a/offset.json --to java --json",
  "convert /a/offset.json --to java --out /java/offsets.json --yes --json",
  "compact /a/offset.json --json",
  "rescue /lost/offset.json --dry-run --json",
  "rescue /lost/offset.json --yes --json",
  "rescue /torn.json --json",
  "verify --accept /edited.json --yes --json",
  "adopt /10.0.0.1@3/g/offset.json --to /10.0.0.1@4/g/offset.json --yes --json",
  "prune / --older-than 7d --dry-run --json",
  "completion bash --json",
  "completion tcsh --json",
  "shwo --json",
];

async function prepare(): Promise<Workspace> {
  const w = await Workspace.make();
  await w.write("a/offset.json", A);
  await w.write("a/offset.json.bak", "");
  await w.write("b.json", table(["orders", "broker-a", 0, 12n], ["mails", "b", 0, 1n]));
  await w.write("torn.json", "{");
  await w.write("edited.json", '{"offsetTable":{},"crc32":"00000000"}');
  await w.write("lost/offset.json.bak", A);
  await w.write("new.csv", "topic,brokerName,queueId,offset\norders,broker-a,0,700\n");
  await w.write(
    "ali/offsets.json",
    '{"offsetTable":{"[topic=\\"t\\", brokerName=\\"b\\", queueId=\\"0\\"]":5}}',
  );
  await mkdir(w.path("10.0.0.1@4/g"), { recursive: true });
  for (const id of [3, 2]) {
    const path = await w.write(`10.0.0.1@${id}/g/offset.json`, A);
    await utimes(path, 1, Date.now() / 1000 - 20 * 86_400);
  }
  return w;
}

test("every command's JSON follows the schema", async () => {
  await using w = await prepare();
  const seen = new Set<string>();
  const now = () => Date.now() + 60_000;
  for (const line of LINES) {
    const args = line.replace("FILTER", FILTER.join(" ")).split(" ")
      .map((word) => word.startsWith("/") ? w.path(word.slice(1)) : word);
    const { out } = await run(args, { now });
    const isLines = /--jsonl|--watch/.test(line);
    const values = isLines ? out.trimEnd().split("\n") : [out];
    assert.ok(out !== "", line);
    for (const value of values.map((text) => JSON.parse(text))) {
      assert.equal(faultsOf(value), "", line);
      seen.add(value.command ?? "error");
      if (value.error !== undefined && /^[a-z]/.test(value.error.code)) {
        assert.ok(Object.hasOwn(ERROR_CODES, value.error.code), value.error.code);
      }
    }
  }
  const { out } = await run(["--help"]);
  const commands = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name);
  assert.deepEqual([...seen].sort(), [...commands, "error"].sort());
});

test("the schema refuses an offset that is a number, a bare array and an unknown member", () => {
  const entry = { topic: "t", brokerName: "b", queueId: 0 };
  const output = (offset: unknown, more = {}) => ({
    command: "export",
    file: "f",
    format: "go",
    offsets: [{ ...entry, offset }],
    ...more,
  });
  assert.ok(validate(output("1")));
  assert.ok(!validate(output(1)));
  assert.ok(!validate([output("1")]));
  assert.ok(!validate(output("1", { extra: 1 })));
});
