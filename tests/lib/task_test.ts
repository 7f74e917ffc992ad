import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { flag, one, some, text, wholeNumber } from "../../scripts/lib/options.ts";
import { helpOf, runTask, type Task } from "../../scripts/lib/task.ts";
import { UsageError } from "../../scripts/lib/usage_error.ts";
import { wrap } from "../../scripts/lib/words.ts";
import { runMain } from "../soak/run_main.ts";
import { check } from "../support/check.ts";

const OPTIONS = {
  count: wholeNumber("N", "how many, 10 by default", 1, 10),
  at: wholeNumber("N", "where", 0),
  seed: text("S", "repeat an earlier run"),
  directory: text("DIR", `where it works, ${"and a long story ".repeat(9)}`, ".work"),
  color: some("C", "which colours, all by default", ["red", "green", "blue"]),
  size: one("S", "how large", ["small", "large"], "small"),
  json: flag("print JSON"),
};

const task: Task<typeof OPTIONS> = {
  name: "paint",
  action: "paint",
  summary: `Paints. ${"It paints and paints and paints. ".repeat(5)}`,
  usage: ["[options]", "--at N [--json]"],
  options: OPTIONS,
  examples: ["", "--count 3"],
  exitCodes: "0 it is painted, 1 it is not",
  run(values, io) {
    if (values.seed === "none") throw new UsageError("--seed none is no seed");
    if (values.seed === "broken") throw new Error("the brush is broken");
    io.out(JSON.stringify(values));
    return Promise.resolve(0);
  },
};

const run = (...argv: string[]) => runMain((args, io) => runTask(task, args, io), argv);

test("task: options have their values, given or not", async () => {
  const defaults = {
    count: 10,
    directory: ".work",
    color: ["red", "green", "blue"],
    size: "small",
    json: false,
  };
  for (
    const [argv, values] of [
      [[], defaults],
      [["--count", "3", "--at=0", "--json"], { ...defaults, count: 3, at: 0, json: true }],
      [["--seed", "7", "--directory", "a b"], { ...defaults, seed: "7", directory: "a b" }],
      [["--color", "blue,red"], { ...defaults, color: ["red", "blue"] }],
      [["--color", "blue", "--color", "red"], { ...defaults, color: ["red", "blue"] }],
      [["--color", "all"], defaults],
      [["--size", "large"], { ...defaults, size: "large" }],
    ] as const
  ) {
    const { code, out, err } = await run(...argv);
    assert.deepEqual([code, err], [0, ""]);
    assert.deepEqual(JSON.parse(out), values);
  }
});

test("task: wrong use is reported with the right use, and ends with 2", async () => {
  for (
    const [argv, reason] of [
      [["--count", "0"], '--count "0" is not a whole number from 1 to 999999999'],
      [["--count", "1e3"], '--count "1e3" is not a whole number from 1 to 999999999'],
      [["--count"], "--count needs a value: --count N"],
      [["--count", "--json"], "--count needs a value: --count N"],
      [["--count", "1", "--count", "2"], "--count is given twice"],
      [["--json=yes"], "--json takes no value"],
      [["--cuont", "1"], 'there is no option "--cuont", did you mean --count?'],
      [["--color", "red,pink"], '--color "pink" is none of red, green, blue and all'],
      [["--size", "huge"], '--size "huge" is none of small, large'],
      [["stray"], '"stray" is one argument too many'],
      [["--seed", "none"], "--seed none is no seed"],
    ] as const
  ) {
    const { code, out, err } = await run(...argv);
    assert.deepEqual([code, out, err], [2, "", `Cannot paint: ${reason}\n  See paint --help.\n`]);
  }
  const { err } = await run("--xyzzy");
  assert.match(err, /it knows --count, --at, --seed, --directory, --color, --size, --json\n/);
});

test("task: options end where the command line of another program begins", async () => {
  const taking: Task<typeof OPTIONS> = {
    ...task,
    takes: "command",
    run({ count }, io, command) {
      io.out(JSON.stringify([count, ...command]));
      return Promise.resolve(0);
    },
  };
  for (
    const [argv, expected] of [
      [["--count", "7", "driver", "--count", "9", "--help"], [
        7,
        "driver",
        "--count",
        "9",
        "--help",
      ]],
      [["--json", "--", "--odd", "--", "x"], [10, "--odd", "--", "x"]],
      [["driver", "--", "x"], [10, "driver", "--", "x"]],
      [[], [10]],
    ] as const
  ) {
    const { code, out } = await runMain((args, io) => runTask(taking, args, io), argv);
    assert.deepEqual([code, JSON.parse(out)], [0, expected]);
  }
});

test("task: a fault of the task itself ends with 1 and shows where it is", async () => {
  const { code, out, err } = await run("--seed", "broken");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^Cannot paint: Error: the brush is broken\n +at /);
});

test("task: the help has all options, fits a terminal, and is the same by either name", async () => {
  const help = helpOf(task);
  for (const name of Object.keys(OPTIONS)) assert.match(help, new RegExp(`^ {2}--${name}\\b`, "m"));
  assert.match(help, /^Usage: paint \[options\]\n {7}paint --at N \[--json\]\n/m);
  assert.match(help, /^ {2}deno task paint\n {2}deno task paint --count 3\n/m);
  assert.match(help, /^Exit codes: .*, 2 wrong usage\.\n$/m);
  assert.deepEqual(help.split("\n").filter((line) => line.length > 80), []);
  for (const flag of ["--help", "-h"]) {
    assert.deepEqual(await run("--count", "2", flag), { code: 0, out: help, err: "" });
  }
});

test("task: a wrapped text has the same words, and no line is too long or could be longer", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  check(fc.property(words, fc.integer({ min: 12, max: 40 }), (words, width) => {
    const lines = wrap(words.join(" "), width).split("\n");
    assert.deepEqual(lines.join(" ").split(" "), words);
    for (const [i, line] of lines.entries()) {
      assert.ok(line.length <= width);
      if (i > 0) assert.ok(`${lines[i - 1]} ${line.split(" ")[0]}`.length > width);
    }
  }));
});
