import assert from "node:assert/strict";
import { test } from "node:test";
import { main } from "../../scripts/verify/mutate.ts";
import {
  type Figures,
  figuresOf,
  scoreOf,
  type StrykerReport,
  survivorsOf,
} from "../../scripts/verify/mutate/report.ts";
import {
  PARTS,
  selectTests,
  sourcesOf,
  TESTS,
  thresholdOf,
} from "../../scripts/verify/mutate/stryker.ts";
import { testFiles } from "../../scripts/verify/mutate/test_files.ts";
import { runMain } from "../soak/run_main.ts";

const position = (line: number, column: number) => ({ line, column });

function mutant(status: string) {
  const location = { start: position(2, 10), end: position(2, 15) };
  return { mutatorName: "EqualityOperator", replacement: "a >= b", status, location };
}

const ALL = ["Killed", "Timeout", "Survived", "NoCoverage", "RuntimeError", "Ignored"];
const MUTANTS = ALL.map(mutant);
const FIGURES: Figures = { mutants: 6, killed: 1, timeouts: 1, survived: 3, ignored: 1 };

test("mutate: what nobody has killed has survived, and what is ignored does not count", () => {
  assert.deepEqual(figuresOf(MUTANTS), FIGURES);
  assert.equal(scoreOf(FIGURES), 40);
  assert.equal(scoreOf(figuresOf([])), 100);
});

test("mutate: a survivor is reported with its place and both texts", () => {
  const source = "if (\n  while (a > b) {}\n";
  const report: StrykerReport = {
    files: {
      "b.ts": { source, mutants: [mutant("Killed"), mutant("Survived")] },
      "a.ts": {
        source,
        mutants: [{
          ...mutant("NoCoverage"),
          location: { start: position(1, 1), end: position(2, 8) },
        }],
      },
    },
  };
  const common = { mutator: "EqualityOperator", replacement: "a >= b" };
  assert.deepEqual(survivorsOf(report), [
    { file: "a.ts", line: 1, column: 1, original: "if (\n  while", ...common },
    { file: "b.ts", line: 2, column: 10, original: "a > b", ...common },
  ]);
});

test("mutate: every source and every test file of a part is found, and the thresholds are set", async () => {
  assert.deepEqual(await Promise.all(PARTS.map(thresholdOf)), [100, 95]);
  for (const part of PARTS) {
    const all = await sourcesOf(part, "src/*/**/*.ts");
    assert.ok(all.length > 10 && all.every((file) => file.startsWith(`src/${part}/`)));
    assert.deepEqual(await sourcesOf(part, `src/${part}/**/off*error.ts`), [
      ...all.filter((file) => /\/off.*error\.ts$/.test(file)),
    ]);
    assert.ok((await testFiles(TESTS[part])).length > 10);
  }
});

test("mutate: all tests of a part are run, only the quick ones, or a single file", async () => {
  const isQuick = true;
  assert.deepEqual(selectTests("file", { isQuick: false }), ["tests/file", "tests/crash"]);
  assert.deepEqual(selectTests("file", { isQuick }), ["tests/file"]);
  const tests = "tests/core/commit_plan_test.ts";
  const single = selectTests("file", { isQuick, tests });
  assert.deepEqual(single, [tests]);
  assert.deepEqual(await testFiles(single), [tests]);
});

test("mutate: help, and what cannot be", async () => {
  const help = await runMain(main, ["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.out, /Usage: mutate .*\n/);
  for (
    const [args, says] of [
      [["--only", "tests"], '--only "tests" is none of core, file and all'],
      [["--files", "src/none/*.ts"], 'no source matches --files "src/none/\\*.ts"'],
      [["--tests", "tests/none_test.ts"], '--tests "tests/none_test.ts" is no file'],
      [["--all"], "--all"],
    ] as const
  ) {
    const { code, out, err } = await runMain(main, args);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, new RegExp(`^Cannot mutate: .*${says}.*\n  See mutate --help.\n$`));
  }
});
