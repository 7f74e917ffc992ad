import assert from "node:assert/strict";
import { test } from "node:test";
import { main } from "../../scripts/verify/power.ts";
import { FAMILIES, FILE_SYSTEMS } from "../../scripts/verify/power/file_systems.ts";
import { planJobs } from "../../scripts/verify/power/plan.ts";
import { asText, isGood, type PowerReport } from "../../scripts/verify/power/report.ts";
import type { Outcome } from "../../scripts/verify/power/tally.ts";
import { SABOTAGED, WRITERS } from "../../scripts/verify/power/writers.ts";
import { RUNTIMES } from "../../scripts/lib/runtimes.ts";
import { runMain } from "../soak/run_main.ts";

const plan = { families: FAMILIES, runtimes: RUNTIMES, images: 20_000, seed: "1", unit: 4096 };

test("power: a run has every writer on every file system, and all that must lose", () => {
  const jobs = planJobs(plan);
  const pairs = new Set(jobs.map(({ fileSystem, writer }) => `${fileSystem} ${writer}`));
  for (const { name } of FILE_SYSTEMS) {
    for (const writer of WRITERS) assert.ok(pairs.has(`${name} ${writer.name}`), writer.name);
  }
  const sabotaged = jobs.filter(({ mustLose }) => mustLose);
  for (const { name, isForgivenBy = [] } of SABOTAGED) {
    const on = sabotaged.filter(({ writer }) => writer === name).map(({ fileSystem }) =>
      fileSystem
    );
    assert.deepEqual(on, FAMILIES.filter((family) => !isForgivenBy.includes(family)));
  }
  assert.ok(sabotaged.some(({ fileSystem }) => fileSystem === "ext4-no-barrier"));
  assert.deepEqual(new Set(jobs.map(({ runtime }) => runtime)), new Set(RUNTIMES));
  const images = jobs.reduce((sum, { mustLose, images }) => sum + (mustLose ? 0 : images), 0);
  assert.ok(images >= 20_000 && images < 20_250);
  assert.equal(new Set(jobs.map(({ seed }) => seed)).size, jobs.length);
  assert.deepEqual(planJobs(plan), jobs);
  assert.notDeepEqual(planJobs({ ...plan, seed: "2" }), jobs);
});

test("power: pairs are met on one family of file systems as on all, and a slice has each sabotage", () => {
  for (const family of FAMILIES) {
    const jobs = planJobs({ ...plan, families: [family] });
    const writers = new Set(jobs.map(({ writer }) => writer));
    for (const { name } of [...WRITERS, ...SABOTAGED]) {
      const isForgiven = name === "in-place" && family === "btrfs";
      assert.equal(writers.has(name), !isForgiven, `${name} on ${family}`);
    }
  }
  const slice = planJobs({ ...plan, images: 1200 });
  const sabotaged = slice.filter(({ mustLose }) => mustLose);
  assert.deepEqual(
    sabotaged.map(({ writer }) => writer),
    [...SABOTAGED.map(({ name }) => name), "snapshot"],
  );
  assert.equal(new Set(slice.map(({ writer }) => writer)).size, WRITERS.length + SABOTAGED.length);
});

/** A report of one writer that must keep its promises, and one that must lose. */
function reportOf(store: Outcome["result"], sabotaged: Outcome["result"]): PowerReport {
  const [broken, , , , , , honest] = planJobs({ ...plan, families: ["ext4"] });
  return {
    seed: "1",
    store: [{ job: honest, result: store }],
    sabotaged: [{ job: broken, result: sabotaged }],
    skipped: [],
    seconds: 2,
    isComplete: true,
  };
}

const kept = {
  images: 40,
  states: 100,
  faults: {},
  loads: { "loaded, offset.json": 40 },
  stories: [],
};
const lost = {
  ...kept,
  faults: { lost: 3 },
  stories: [{ fault: "lost" as const, lines: ["the power is cut after event 7 of 9"] }],
};
const io = {
  out: () => {},
  err: () => {},
  isTerminal: false,
  color: false,
  now: () => 0,
  sleep: () => Promise.resolve(true),
};

test("power: a run is good if the store kept its promises and all that must lose did", () => {
  const good = reportOf(kept, lost);
  assert.ok(isGood(good));
  assert.match(asText(good, io), /\nThe store kept its promises; 1 of 1 that must lose did\n/);
  const bad = reportOf(lost, lost);
  assert.ok(!isGood(bad));
  assert.match(
    asText(bad, io),
    /\nlost: \w+ on [\w-]+ \(.*\)\n {2}the power is cut after event 7 of 9\n/,
  );
  assert.match(asText(bad, io), /\nThe store FAILED in 3 images; 1 of 1 that must lose did\n/);
  const { job } = bad.store[0];
  const excused = {
    ...bad,
    store: [{ ...bad.store[0], job: { ...job, fileSystem: "ext4-fast-commit" } }],
  };
  assert.ok(isGood(excused));
  assert.match(asText(excused, io), /\nLosses on ext4-fast-commit do not fail the run: /);
  assert.match(asText(excused, io), /\nlost: \w+ on ext4-fast-commit /);
  const halfMade = reportOf({ ...kept, faults: { "half-made": 2 } }, lost);
  assert.ok(isGood(halfMade));
  assert.match(asText(halfMade, io), /\nIn 2 images, a directory that was being made is none /);
  const alsoTorn = reportOf({ ...kept, faults: { "half-made": 2, torn: 1 } }, lost);
  assert.ok(!isGood(alsoTorn));
  assert.match(asText(alsoTorn, io), /\nThe store FAILED in 1 images; /);
  const notFound = reportOf(kept, { ...kept, faults: { "half-made": 2 } });
  assert.ok(!isGood(notFound));
  const blind = reportOf(kept, kept);
  assert.ok(!isGood(blind));
  assert.match(asText(blind, io), /; 0 of 1 that must lose did; NOT relaxed on ext4\n/);
  const failed = reportOf(undefined, lost);
  assert.ok(!isGood({ ...failed, store: [{ ...failed.store[0], failure: "no loop device" }] }));
});

test("power: the help, and wrong usage", async () => {
  const help = await runMain(main, ["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /deno task power --slice/);
  for (
    const [argv, says] of [
      [["--fs", "fat"], '--fs "fat" is none of ext4, xfs, btrfs and all'],
      [["--images", "0"], '--images "0" is not a whole number from 1 to'],
      [["--slice", "--images", "5"], "--slice and --images exclude each other"],
      [["--unit", "1024"], '--unit "1024" is none of 512, 4096'],
      [["--runtme", "deno"], 'there is no option "--runtme", did you mean --runtime\\?'],
      [["ext4"], '"ext4" is one argument too many'],
    ] as const
  ) {
    const { code, out, err } = await runMain(main, argv);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, new RegExp(`^Cannot cut the power: ${says}.*\n {2}See power --help.\n$`));
  }
});
