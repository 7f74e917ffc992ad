import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { OnConflict } from "../../mod.ts";
import type { Child } from "../../scripts/lib/child.ts";
import { LossError } from "../../scripts/verify/soak/lane.ts";
import { currentRuntime } from "../../scripts/lib/runtimes.ts";
import { type Race, race } from "../../scripts/verify/soak/race.ts";
import { main } from "../../scripts/verify/soak.ts";
import { byLength } from "../support/length.ts";
import { inDirectory } from "./in_directory.ts";
import { runMain } from "./run_main.ts";

const PERSISTS = byLength({ tiny: 5, short: 15, long: 40 });

function raceTwo(
  folder: string,
  onConflict: OnConflict,
  until: (writers: readonly Child[]) => Promise<void>,
  journal = false,
): Promise<Race> {
  const runtime = currentRuntime();
  return race({ folder, onConflict, journal, runtimes: [runtime, runtime, runtime], until });
}

const enough = async (writers: readonly Child[]) => {
  await Promise.all(writers.map((writer) => writer.wrote("A", PERSISTS)));
};

test("P9 two processes that merge lose no maximum, and no instant shows a torn file", async () => {
  await inDirectory(async (directory) => {
    const { acknowledged, merged, rejected, reads } = await raceTwo(directory, "merge", enough);
    assert.ok(acknowledged >= 2 * PERSISTS);
    assert.ok(merged > 0);
    assert.ok(reads > 0);
    assert.deepEqual(rejected, {});
  });
});

test("P9 J3 two processes that merge with journals lose no maximum, and main has all in the end", async () => {
  await inDirectory(async (directory) => {
    const race = await raceTwo(directory, "merge", enough, true);
    assert.ok(race.acknowledged >= 2 * PERSISTS);
    assert.ok(race.merged > 0);
    assert.ok(race.records > 0);
    assert.deepEqual(race.rejected, {});
  });
});

test("P9 two processes on one path learn of the conflict, and tear nothing", async () => {
  await inDirectory(async (directory) => {
    const { acknowledged, rejected } = await raceTwo(directory, "throw", enough);
    assert.ok(acknowledged >= 2 * PERSISTS);
    // Both persisted while the other was there: one of them must have got an error.
    assert.ok(rejected["OffsetConflictError"] > 0, JSON.stringify(rejected));
  });
});

test("soak: a file that a third process tears is found out, and the evidence is kept", async () => {
  await inDirectory(async (directory) => {
    let isOver = false;
    let tearing = Promise.resolve();
    const tear = (writers: readonly Child[]) => tearing = tearOn(writers);
    const tearOn = async (writers: readonly Child[]) => {
      await enough(writers);
      const root = (await readdir(directory)).find((name) => name.startsWith("race-"))!;
      const path = join(directory, root, "10.0.0.7@1", "race", "offset.json");
      // Until the reader has seen it: the writers soon replace it.
      while (!isOver) await writeFile(path, '{"offsetTable":{');
    };
    const error = await raceTwo(directory, "merge", tear).then(() => undefined, (error) => error);
    isOver = true;
    await tearing;
    assert.ok(error instanceof LossError, String(error));
    assert.ok(JSON.parse(await readFile(join(error.directory, "story.json"), "utf8")).reason);
  });
});

test("soak: --two-processes prints the figures of each way to open a store", async () => {
  await inDirectory(async (directory) => {
    const args = ["--two-processes", "1", "--directory", directory];
    const { code, out, err } = await runMain(main, [...args, "--json"]);
    assert.equal(code, 0, err);
    const { lost, races } = JSON.parse(out);
    assert.equal(lost, 0);
    const ways = races.map(({ onConflict, journal }: Race) => `${onConflict} ${journal}`);
    assert.deepEqual(ways, ["merge false", "merge true", "throw false"]);
  });
  const { code, err } = await runMain(main, ["--two-processes", "0"]);
  assert.deepEqual([code, err.split("\n").length], [2, 3]);
});
