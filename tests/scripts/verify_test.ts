import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CHECKS } from "../../scripts/verify/checks.ts";
import { main } from "../../scripts/verify.ts";
import { runMain } from "../soak/run_main.ts";

const ROOT = new URL("../../", import.meta.url);

test("verify: every program of scripts/verify is a task, and is listed", () => {
  const programs = readdirSync(new URL("scripts/verify/", ROOT))
    .map((name) => ({ name, text: read(`scripts/verify/${name}`) }))
    .filter(({ text }) => text?.startsWith("#!"));
  const { tasks } = JSON.parse(read("deno.json")!);
  for (const { task } of CHECKS) assert.ok(tasks[task].endsWith(` ${programOf(task)}`), task);
  const listed = CHECKS.map(({ task }) => task);
  const names = programs.map(({ name }) => name.replace(".ts", ""));
  assert.deepEqual(names.filter((name) => !listed.includes(name)), []);
  assert.ok(names.length > 5);
});

/** The scripts that run the clients of others are not in `scripts/verify`. */
const programOf = (task: string): string =>
  task === "e2e" ? "scripts/e2e.ts" : `scripts/verify/${task}.ts`;

function read(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, ROOT), "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "EISDIR") return undefined;
    throw error;
  }
}

test("verify: the list fits a terminal, says all of each check, and is there as JSON", async () => {
  const { code, out, err } = await runMain(main, []);
  assert.deepEqual([code, err], [0, ""]);
  assert.deepEqual(out.split("\n").filter((line) => line.length > 80), []);
  const text = out.replaceAll(/\s+/g, " ");
  for (const { task, shows, needs = "nothing else", takes } of CHECKS) {
    assert.ok(text.includes(`deno task ${task} ${shows} Needs: ${needs}. Takes: ${takes}`), task);
  }
  assert.deepEqual(JSON.parse((await runMain(main, ["--json"])).out), CHECKS);
});

test("verify: the options of each slice are options of its task", async () => {
  for (const { task, slice } of CHECKS) {
    const names = slice?.options.match(/--[\w-]+/g) ?? [];
    const text = read(programOf(task))!;
    for (const name of names) assert.match(text, new RegExp(`^ {2}"?${name.slice(2)}"?: `, "m"));
  }
  const wrong = await runMain(main, ["--all"]);
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
});
