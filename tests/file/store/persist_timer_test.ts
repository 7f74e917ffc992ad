/** The timer that persists at intervals. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { PersistTimer } from "../../../src/file/store/persist_timer.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const TIMER = new URL("../../../src/file/store/persist_timer.ts", import.meta.url).href;

test("the timer ticks until it is stopped", async () => {
  let ticks = 0;
  const enough = Promise.withResolvers<void>();
  const timer = new PersistTimer(1, () => {
    if (++ticks === 3) enough.resolve();
  });
  // The timer alone would let the process end.
  const alive = setInterval(() => {}, 1000);
  await enough.promise;
  timer.stop();
  const before = ticks;
  await setTimeout(30);
  clearInterval(alive);
  assert.equal(ticks, before);
});

test("the timer that was stopped goes on when it is started, and starting twice is once", async () => {
  let ticks = 0;
  let enough = Promise.withResolvers<void>();
  const timer = new PersistTimer(1, () => {
    if (++ticks === 2) enough.resolve();
  });
  const alive = setInterval(() => {}, 1000);
  timer.stop();
  timer.stop();
  [ticks, enough] = [0, Promise.withResolvers<void>()];
  timer.start();
  timer.start();
  await enough.promise;
  timer.stop();
  ticks = 0;
  await setTimeout(30);
  clearInterval(alive);
  assert.equal(ticks, 0);
});

test("without an interval the timer never ticks, started or not", async () => {
  let ticks = 0;
  const timer = new PersistTimer("never", () => void ticks++);
  timer.start();
  await setTimeout(20);
  timer.stop();
  assert.equal(ticks, 0);
});

test("the timer does not keep the process alive", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const program = at.path("program.mjs");
  await writeFile(
    program,
    `import { PersistTimer } from ${JSON.stringify(TIMER)};
     new PersistTimer(2 ** 31 - 1, () => {});
     console.log("the end");`,
  );
  const run = process.versions.deno === undefined ? [] : ["run", "--quiet", "--no-config", "-A"];
  const { stdout } = await promisify(execFile)(process.execPath, [...run, program]);
  assert.equal(stdout, "the end\n");
  await rm(program);
});
