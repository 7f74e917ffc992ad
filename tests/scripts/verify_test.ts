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
  assert.deepEqual(
    programs.map(({ name }) => name.replace(".ts", "")).sort(),
    CHECKS.map(({ task }) => task).sort(),
  );
  const { tasks } = JSON.parse(read("deno.json")!);
  for (const { task } of CHECKS) {
    assert.match(tasks[task], new RegExp(` scripts/verify/${task}.ts$`));
  }
});

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
    const text = read(`scripts/verify/${task}.ts`)!;
    for (const name of names) assert.match(text, new RegExp(`^ {2}"?${name.slice(2)}"?: `, "m"));
  }
  const wrong = await runMain(main, ["--all"]);
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
});
