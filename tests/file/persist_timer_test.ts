/** The timer that persists at intervals. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { PersistTimer } from "../../src/file/persist_timer.ts";
import { StoreDirectory } from "../support/store_directory.ts";

const TIMER = new URL("../../src/file/persist_timer.ts", import.meta.url).href;

test("P4 the timer goes on after a failure, tells it, and stops when it is told to", async () => {
  let ticks = 0;
  const errors: unknown[] = [];
  const enough = Promise.withResolvers<void>();
  const persist = async () => {
    if (++ticks === 3) enough.resolve();
    throw ticks;
  };
  const timer = new PersistTimer(1, persist, (error) => errors.push(error));
  // The timer alone would let the process end.
  const alive = setInterval(() => {}, 1000);
  await enough.promise;
  timer.stop();
  await setTimeout(30);
  clearInterval(alive);
  assert.equal(ticks, 3);
  assert.deepEqual(errors, [1, 2, 3]);
});

test("the timer does not keep the process alive", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const program = at.path("program.mjs");
  await writeFile(
    program,
    `import { PersistTimer } from ${JSON.stringify(TIMER)};
     new PersistTimer(2 ** 31 - 1, async () => {}, () => {});
     console.log("the end");`,
  );
  const run = process.versions.deno === undefined ? [] : ["run", "--quiet", "--no-config", "-A"];
  const { stdout } = await promisify(execFile)(process.execPath, [...run, program]);
  assert.equal(stdout, "the end\n");
  await rm(program);
});
