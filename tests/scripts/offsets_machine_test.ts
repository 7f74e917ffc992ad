import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import process from "node:process";
import { promisify } from "node:util";
import fc from "fast-check";
import { parse } from "../../mod.ts";
import { escapeJson } from "../../scripts/lib/escape.ts";
import { hintText, pathOperand } from "../../scripts/offsets/command_line/hint.ts";
import { programName } from "../../scripts/offsets/command_line/program_name.ts";
import { shellWord } from "../../scripts/offsets/command_line/shell_word.ts";
import { check } from "../support/check.ts";
import { run, table, Workspace } from "./offsets_run.ts";

/** What could move the cursor or disguise a name: C0, DEL, C1, bidi, separators, tags. */
const DANGEROUS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const NAME = "a\u009b31m\u202eb\u2028\u{e0041}\u007f";

const ERRORS: readonly (readonly [string[], number, string, string | null])[] = [
  [["show", "WHERE/none.json"], 3, "missing", "WHERE/none.json"],
  [["show", "WHERE/bad.json"], 3, "bad", "WHERE/bad.json"],
  [["show", "WHERE"], 3, "unexamined", "WHERE"],
  [["show", "WHERE/offset.json", "--topic", "none"], 1, "no-match", "WHERE/offset.json"],
  [
    ["set", "WHERE/offset.json", "--topic", "x", "--broker", "b", "--queue", "0", "1"],
    3,
    "no-match",
    "WHERE/offset.json",
  ],
  [["show"], 2, "usage", null],
  [["shwo", "x"], 2, "usage", null],
];

for (const [args, code, name, path] of ERRORS) {
  test(`--json tells an error as JSON: ${args.join(" ")}`, async () => {
    await using w = await Workspace.make();
    await w.write("offset.json", table(["t", "b", 0, 1n]));
    await w.write("bad.json", "{");
    const words = args.map((word) => word.replace("WHERE", w.root));
    const plain = await run(words);
    const json = await run([...words, "--json"]);
    assert.deepEqual([json.code, json.err, plain.code, plain.out], [code, "", code, ""]);
    const { error } = JSON.parse(json.out);
    assert.deepEqual(Object.keys(error), ["code", "message", "path", "next"]);
    assert.equal(error.code, name);
    assert.equal(error.path, path?.replace("WHERE", w.root) ?? null);
    assert.equal(plain.err, `${error.message}\n  ${error.next}\n`);
  });
}

test("the version is that of the package", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  assert.equal(JSON.parse(await readFile("deno.json", "utf8")).version, version);
  assert.deepEqual(await run(["--version"]), { code: 0, out: `${version}\n`, err: "" });
});

test("names cannot disturb the terminal, in JSON and in what convert prints either", async () => {
  await using w = await Workspace.make();
  const t = table([NAME, "b", 0, 1n]);
  for (const [name, format] of [["offset.json", "go"], ["offsets.json", "java"]] as const) {
    const path = await w.write(name, t, format);
    const shown = await run(["show", path, "--json"]);
    assert.doesNotMatch(shown.out, DANGEROUS);
    assert.equal(JSON.parse(shown.out).offsets[0].topic, NAME);
    const converted = await run(["convert", path, "--to", format]);
    assert.doesNotMatch(converted.out, DANGEROUS);
    assert.ok(parse(converted.out).equals(t), "it is the same table");
  }
  const error = await run(["show", `${w.root}/${NAME}`, "--json"]);
  assert.doesNotMatch(error.out, DANGEROUS);
  assert.equal(JSON.parse(error.out).error.path, `${w.root}/${NAME}`);
});

const wild = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...NAME, "'", "\\", '"', "$", "`", "~"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});

test("escaped JSON is JSON for the same value, and safe to print", () => {
  check(fc.property(wild, (text) => {
    const json = escapeJson(JSON.stringify({ text }, undefined, 2));
    assert.equal(JSON.parse(json).text, text);
    assert.doesNotMatch(json, DANGEROUS);
  }));
});

test("bash takes a quoted word for just this word", async () => {
  const words = fc.array(wild.filter((text) => !/[\0\ud800-\udfff]/u.test(text)), {
    size: "large",
  });
  const [sample] = fc.sample(words.filter(({ length }) => length > 50), 1);
  const all = [
    ...sample,
    "x;touch y",
    "~",
    "~/a",
    "it's",
    "",
    "a b",
    "$(x)",
    "\n",
    "\\n",
    "-x",
    "\u{e0041}'",
  ];
  const line = `printf '%s\\0' ${all.map(shellWord).join(" ")}`;
  assert.doesNotMatch(line, DANGEROUS);
  const { stdout } = await promisify(execFile)("bash", ["-c", line], {
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  assert.deepEqual(stdout.split("\0").slice(0, -1), all);
});

test("hints quote paths for the shell, and name the program as it was started", async () => {
  await using w = await Workspace.make();
  const path = await w.write("x;touch y/offset.json", "");
  assert.ok((await run(["show", path])).err.includes(`with: offsets verify '${path}'\n`));
  assert.equal(
    hintText({ text: "See:", command: ["verify", pathOperand("--accept")] }, "offsetstore"),
    "See: offsetstore verify ./--accept",
  );
});

const STARTED: readonly (readonly [string, "deno" | "node" | "bun", string])[] = [
  ["file:///p/scripts/offsets.ts", "deno", "deno task offsets"],
  ["file:///p/scripts/offsets.ts", "node", "node scripts/offsets.ts"],
  ["file:///p/a%20b/offsets.ts", "bun", "bun 'a b/offsets.ts'"],
  [
    "https://x/scripts/offsets.ts",
    "deno",
    "deno run --allow-read --allow-write --allow-env https://x/scripts/offsets.ts",
  ],
];

for (const [script, runtime, name] of STARTED) {
  test(`${script} on ${runtime} was started as ${name}`, () => {
    assert.equal(programName(script, runtime, () => "/p"), name);
  });
}
