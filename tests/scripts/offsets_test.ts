import assert from "node:assert/strict";
import { test } from "node:test";
import { run, Workspace } from "./offsets_run.ts";

const SET = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];

const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [[], /none is given, the commands are list, show, .*\n {2}see offsets --help/],
  [["shwo"], /there is no such command, did you mean show\?/],
  [["xyzzyxyzzy"], /there is no such command, the commands are list, show/],
  [["show"], /FILE is missing\n {2}usage: offsets show FILE/],
  [["show", ""], /an argument is empty/],
  [["show", "a", "b"], /"b" is one argument too many/],
  [["show", "a", "--tpic", "x"], /no option "--tpic", did you mean --topic\?/],
  [["show", "a", "--topic"], /--topic needs a value: --topic T/],
  [["show", "a", "--topic", "--watch"], /--topic needs a value/],
  [["show", "a", "--json=1"], /--json takes no value/],
  [["show", "a", "--topic", "x", "--topic", "y"], /--topic is given twice/],
  [["set", "a", ...SET], /OFFSET is missing/],
  [["set", "a", "7", "--topic", "t"], /--broker B is missing/],
  [["set", "a", ...SET, "-7"], /a negative offset is not a position/],
  [["set", "a", ...SET, "1.5"], /"1\.5" is not a whole number from 0 to/],
  [["set", "a", ...SET, "9223372036854775808"], /beyond int64/],
  [["set", "a", "7", "--topic", "t", "--broker", "b", "--queue", "2147483648"], /queue number/],
  [["reset", "a", "--to-offset", "-1"], /"-1" is not a whole number/],
  [["delete", "a", "--yes"], /--topic T is missing/],
  [["merge", "a", "b"], /--out C is missing/],
];

for (const [args, says] of WRONG) {
  test(`wrong usage says what would be right: ${args.join(" ") || "nothing"}`, async () => {
    const { code, out, err } = await run(args);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, says);
    assert.doesNotMatch(err, /\.ts:\d/, "no stack");
  });
}

test("--help of the program and of each command has examples", async () => {
  const { code, out } = await run(["--help"]);
  assert.equal(code, 0);
  const names = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name);
  assert.equal(names.length, 19);
  for (const name of names) {
    const help = await run([name, "--help"]);
    assert.deepEqual([help.code, help.err], [0, ""]);
    assert.match(help.out, new RegExp(`Examples:\n  offsets ${name}`));
  }
});

test("colour only when asked for", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", "");
  assert.ok((await run(["verify", path], { color: true })).out.includes("\x1b[31mbad"));
  assert.ok(!(await run(["verify", path])).out.includes("\x1b"));
});
