/**
 * O6: the store on paths of Windows, on any machine: a slice of the crash exploration and of the
 * matrix of failing calls, whose paths have a drive and backslashes.
 */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { scenarios } from "../../scripts/verify/crash/scenarios.ts";
import { exploreStory } from "../../scripts/verify/crash/story/explore_story.ts";
import { faultOf, runCases } from "../../scripts/verify/faults/failing_calls_matrix.ts";
import { OPERATIONS } from "../../scripts/verify/faults/failing_calls_operations.ts";
import {
  basename,
  directoriesBetween,
  dirname,
  isAbsoluteTarget,
} from "../../src/file/fs/path_names.ts";
import { SEED } from "../support/check.ts";
import { byLength } from "../support/length.ts";

/**
 * One scenario out of so many, one moment of each and one case of failing calls out of so many, and
 * the least number of states and of cases. Scenarios come in pairs, so that an odd number takes both.
 */
const [SCENARIOS_OUT_OF, MOMENTS_OUT_OF, CASES_OUT_OF, STATES, CASES] = byLength({
  tiny: [5, 16, 2003, 150, 3],
  short: [1, 16, 2003, 400, 5],
  long: [1, 4, 997, 2_000, 15],
});

let states = 0;
let cases = 0;

test("O6 every crash of each scenario, with paths of Windows", async () => {
  for (const [i, { name, story }] of scenarios().entries()) {
    if (i % SCENARIOS_OUT_OF !== 0) continue;
    const slice = { oneOutOf: MOMENTS_OUT_OF, maxCuts: 1 };
    const { first, ...found } = await exploreStory(story, { paths: "win32", ...slice });
    assert.equal(found.violations, 0, `${name}: ${first?.what}\n${first?.story.join("\n")}`);
    states += found.states;
  }
  assert.ok(states >= STATES, `only ${states} states were explored`);
});

test("O6 any call that fails, with paths of Windows", async () => {
  for (const [i, operation] of OPERATIONS.entries()) {
    // The crashes after a failed load take long, and make no paths of their own.
    if (operation.isCostly || operation.act === "open") continue;
    const picks = (index: number) => (index + SEED + i) % CASES_OUT_OF === 0;
    for await (const result of runCases({ ...operation, paths: "win32" }, picks)) {
      cases++;
      assert.equal(faultOf(result), undefined, result.name);
    }
  }
  assert.ok(cases >= CASES, `only ${cases} cases were run`);
});

test("O6 a path with a drive is one of Windows, and any other is one of this platform", () => {
  assert.equal(dirname("C:\\r\\c\\offset.json"), "C:\\r\\c");
  assert.equal(dirname("d:/r/offset.json"), "d:/r");
  assert.equal(dirname("D:\\"), "D:\\");
  assert.equal(basename("C:\\r\\c\\offset.json"), "offset.json");
  assert.deepEqual(directoriesBetween("C:\\r", "C:\\r\\c\\g"), [
    "C:\\r",
    "C:\\r\\c",
    "C:\\r\\c\\g",
  ]);
  assert.deepEqual(directoriesBetween("C:\\r", "D:\\r\\c"), ["D:\\r\\c"]);
  assert.deepEqual(directoriesBetween("C:\\r\\a", "C:\\r\\b"), ["C:\\r\\b"]);
  assert.ok(isAbsoluteTarget("E:\\x", "C:\\r\\link"));
  assert.ok(!isAbsoluteTarget("..\\x", "C:\\r\\link"));
  assert.equal(dirname("/r/c/offset.json"), "/r/c");
  assert.deepEqual(directoriesBetween("/r", "/r/c"), ["/r", "/r/c"]);
});

test("O6 all of the store takes its paths apart with the same functions", async () => {
  const source = new URL("../../src/file/", import.meta.url);
  const users: string[] = [];
  for (const name of await readdir(source, { recursive: true })) {
    if (!name.endsWith(".ts")) continue;
    const text = await readFile(new URL(name.replaceAll("\\", "/"), source), "utf8");
    if (/from "node:path"/.test(text)) users.push(name.replaceAll("\\", "/"));
  }
  // The adapter is given the paths of its own platform.
  assert.deepEqual(users.sort(), ["fs/node_file_system.ts", "fs/path_names.ts", "paths.ts"]);
});
