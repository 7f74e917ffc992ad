/** The parts that print, judge and shorten a story, each by itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileFault, LoadOutcome } from "../../mod.ts";
import { MetHere } from "../../scripts/verify/crash/every_crash.ts";
import { scenarios } from "../../scripts/verify/crash/scenarios.ts";
import { exploreStory } from "../../scripts/verify/crash/story/explore_story.ts";
import { startOf } from "../../scripts/verify/crash/story/disks.ts";
import { generate } from "../../scripts/verify/crash/story/generate.ts";
import { Interceptor } from "../../scripts/verify/crash/story/interceptor.ts";
import { Model } from "../../scripts/verify/crash/story/model.ts";
import { unexplained } from "../../scripts/verify/crash/story/permitted_faults.ts";
import { kindOf } from "../../scripts/verify/crash/story/report.ts";
import { shorten } from "../../scripts/verify/crash/story/shorten.ts";
import {
  accepted,
  acknowledged,
  begun,
  crashed,
  ended,
  loaded,
} from "../../scripts/verify/crash/story/situation.ts";
import type { Story } from "../../scripts/verify/crash/story/story.ts";
import { describe, parseSteps } from "../../scripts/verify/crash/story/story_text.ts";
import { parseTable, textOf } from "../../scripts/verify/crash/story/table.ts";
import { MetEverywhere } from "../../scripts/verify/crash/met_everywhere.ts";
import { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";

const MAIN = "/root/c/g/offset.json";

test("a story of a seed is always the same, and its text is read as it was written", () => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const { steps } = generate(seed);
    assert.deepEqual(generate(seed).steps, steps);
    for (const step of steps) {
      kinds.add(step.do);
      if ("but" in step && step.but !== undefined) {
        const { what } = step.but;
        kinds.add(typeof what === "string" ? what : `during: ${what.do}`);
      }
    }
    assert.deepEqual(parseSteps(steps.map(describe).join("\n")), steps);
  }
  assert.deepEqual([...kinds].sort(), [
    ...["close", "cut", "delete", "during: open", "during: persist", "during: stranger"],
    ...["during: tool"],
    ...["fails", "fails late", "freeze", "kill", "open", "persist", "raise", "read", "remove"],
    ...["set", "stranger", "tool", "wait"],
  ]);
  assert.throws(() => parseSteps("A jumps"), /Cannot read the step "A jumps"/);
  assert.throws(() => parseSteps("A persists, maybe"), /Cannot read the interruption/);
});

test("shortening: the result needs every step, and no simpler story shows the fault", async () => {
  const story: Story = {
    disk: "main",
    system: "short writes",
    splitRename: true,
    timesMs: 1000,
    recovery: { checksum: false, journal: true },
    steps: parseSteps(`A opens {"onConflict":"merge","checksum":false}
      A sets 0=1
      A raises 1=1
      B opens {}
      A persists, but its write 1 fails
      A freezes 2=2
      A deletes 1; before its rename 1, B persists`),
  };
  const isStill = async ({ steps, timesMs }: Story) => {
    const text = steps.map(describe).join("\n");
    return timesMs === 1000 && /A opens .*merge/.test(text) && /A deletes.*B persists/.test(text);
  };
  const { steps, ...rest } = await shorten(story, isStill);
  assert.deepEqual(steps.map(describe), [
    'A opens {"onConflict":"merge"}',
    "A deletes 1; before its rename 1, B persists",
  ]);
  assert.deepEqual(rest, { disk: "nothing", splitRename: false, timesMs: 1000, recovery: {} });
});

test("kinds of violations: tables, numbers and paths do not count", () => {
  const first =
    "0=1 1=2 was loaded, though nothing was acknowledged or loaded, and 0=1 or 2=2 begun";
  const second = "2=1 was loaded, though 0=1 was acknowledged or loaded, and 0=3 begun";
  assert.equal(kindOf(first), kindOf(second));
  assert.notEqual(kindOf(first), kindOf("0=1 was loaded, though 0=2 was acknowledged or loaded"));
});

const texts = (tables: readonly ReadonlyMap<number, number>[]) => tables.map(textOf);

test("situation: a load must answer what was acknowledged, or what is in flight", () => {
  const [one, two, three] = ["0=1", "0=2", "0=3"].map(parseTable);
  let now = acknowledged(begun(startOf("nothing", false), 1, [one], false), 1, one);
  assert.deepEqual(texts(accepted(now)), ["0=1"]);
  now = begun(now, 2, [two], true);
  assert.deepEqual(texts(accepted(now)), ["0=1", "0=2"]);
  // It may have failed with its file in place, and may not.
  assert.deepEqual(texts(accepted(ended(now, 2, true))), ["0=1"]);
  now = ended(now, 2, false);
  now = begun(now, 3, [three], true);
  assert.deepEqual(texts(accepted(now)), ["0=1", "0=2", "0=3"]);
  // A load decides about those that are over, and, after a crash, about all.
  assert.deepEqual(texts(accepted(loaded(now, two))), ["0=2", "0=3"]);
  assert.deepEqual(texts(accepted(loaded(crashed(now), two))), ["0=2"]);
  assert.deepEqual(texts(accepted(acknowledged(now, 3, three))), ["0=3"]);
  // After a crash commits count from one again: the end of one decides nothing about an earlier one.
  now = begun(crashed(now), 3, [parseTable("0=4")], true);
  assert.deepEqual(texts(accepted(ended(now, 3, true))), ["0=1", "0=2", "0=3"]);
});

test("the faults that are permitted, and no other", () => {
  const quiet = startOf("main", false);
  const busy = begun(quiet, 1, [], true);
  const first = begun(startOf("nothing", false), 1, [], false);
  const split = begun(startOf("main", true), 1, [], true);
  const outcome = (kind: LoadOutcome["kind"], ...faults: [string, string][]): LoadOutcome => ({
    ...{ kind, source: MAIN, journalRecords: 0, keptAside: [] },
    faults: faults.map(([end, reason]): FileFault => ({
      path: MAIN + end,
      reason,
      cause: undefined,
    })),
  });
  const torn = outcome("loaded", [".journal", "its last record was not written to the end"]);
  const foreign = outcome("loaded", [".journal", "it extends another file"]);
  const missing = outcome("recovered", ["", "it is missing"]);
  const unfinished = outcome("fresh", [".1.tmp", "it is empty"]);
  const isPermitted = (each: LoadOutcome) =>
    [quiet, busy, first, split].map((situation) =>
      unexplained(MAIN, each, situation) === undefined
    );
  assert.deepEqual(isPermitted(outcome("loaded")), [true, true, true, true]);
  assert.deepEqual(isPermitted(torn), [false, true, true, true]);
  assert.deepEqual(isPermitted(foreign), [false, false, false, false]);
  assert.deepEqual(isPermitted(missing), [false, false, true, true]);
  assert.deepEqual(isPermitted(unfinished), [true, true, true, true]);
  assert.deepEqual(isPermitted(outcome("loaded", [".1.tmp", "it is empty"])), Array(4).fill(false));
  assert.deepEqual(isPermitted(outcome("recovered", ["", "it is torn"])), Array(4).fill(false));
  assert.deepEqual(isPermitted(outcome("reset")), [false, false, false, false]);
  assert.equal(unexplained(MAIN, foreign, { ...quiet, hadStrangers: true }), undefined);
  const kept = { ...outcome("loaded"), keptAside: [`${MAIN}.corrupt-1`] };
  assert.match(unexplained(MAIN, kept, quiet)!, /was kept aside$/);
});

test("model: the tables that a commit writes over its own table and over another's", () => {
  const model = new Model(parseTable("0=5 1=1"));
  model.set(0, 3, true);
  model.set(1, 0, false);
  model.freeze(2, 7);
  model.set(2, 9, false);
  assert.equal(textOf(model.memory), "0=5 1=0 2=7");
  assert.deepEqual(texts(model.targets(parseTable("0=5 1=1"), false, 0)), ["1=0 2=7"]);
  const others = parseTable("0=9 1=1 2=8 4=4");
  assert.deepEqual(model.targets(others, false, undefined), []);
  assert.deepEqual(texts(model.targets(others, true, undefined)), ["0=9 1=1 2=8 4=4"]);
  assert.deepEqual(model.targets(undefined, false, undefined), []);
  model.merged([others]);
  model.acknowledged([others]);
  assert.equal(textOf(model.memory), "0=9 1=1 2=7");
  // A lowering that the merge overruled stays overruled until the offset is set again.
  assert.deepEqual(texts(model.targets(others, true, undefined)), ["0=9 1=1 2=8 4=4"]);
  model.freeze(2, 7);
  assert.deepEqual(texts(model.targets(others, true, undefined)), ["0=9 1=1 2=7 4=4"]);
});

test("model: a removal keeps what the file holds, and a failure leaves two ways", () => {
  const model = new Model(parseTable("0=5 1=1"));
  model.remove(0);
  assert.deepEqual(texts(model.targets(parseTable("0=5 1=1"), false, undefined)), ["0=5 1=1"]);
  const putBack = model.remove(1);
  putBack();
  assert.equal(textOf(model.memory), "1=1");
  model.adopt(0, 5);
  model.set(1, 2, false);
  model.failed([parseTable("0=5 1=2")]);
  assert.ok(!model.isForeign(parseTable("0=5 1=2")));
  assert.ok(model.isForeign(parseTable("0=5")));
  assert.deepEqual(
    new Set(texts(model.targets(parseTable("0=5 1=2"), false, 0))),
    new Set(["1=2"]),
  );
});

test("interceptor: the n-th call of a kind is replaced, and a killed process is never answered", async () => {
  const interceptor = new Interceptor();
  const fs = interceptor.wrap(new SimulatedFileSystem(new SimulatedDisk()));
  const file = await fs.create("/a");
  interceptor.arm("write", 2, async (effect) => {
    await effect();
    throw new Error("late");
  });
  assert.equal(await file.write(new Uint8Array(3), 0), 3);
  await assert.rejects(async () => await file.write(new Uint8Array(3), 3), /late/);
  assert.equal((await file.stat()).size, 6);
  assert.deepEqual(interceptor.calls.map(({ kind }) => kind), [
    ...["create", "write", "write", "fileStat"],
  ]);
  assert.equal(interceptor.firedAt, 2);
  interceptor.kill();
  await interceptor.killed;
  const isAnswered = await Promise.race([
    fs.readDirectory("/").then(() => true),
    new Promise<boolean>((resolve) => setTimeout(resolve, 5, false)),
  ]);
  assert.equal(isAnswered, false);
});

test("states that were met: the shared table answers as a set does, and fills up", () => {
  const shared = MetEverywhere.withRoomFor(1 << 10);
  const [here, other] = [new MetHere(), new MetEverywhere(shared.buffer)];
  const keyOf = (i: number) =>
    String.fromCharCode(...[1, 7, 31, 101].map((factor) => (i * factor * 7919) & 0xffff));
  for (let i = 0; i < 700; i++) {
    const key = keyOf(i % 350);
    for (const kind of ["state", "moment"] as const) {
      assert.equal((i % 2 === 0 ? shared : other).add(kind, key), here.add(kind, key), `${i}`);
    }
  }
  assert.ok(!shared.isFull);
  for (let i = 1000; i < 1100; i++) other.add("state", keyOf(i));
  assert.ok(shared.isFull);
});

test("a slice of the moments finds fewer states, and none of none finds nothing", async () => {
  const { story } = scenarios().find(({ name }) => name === "the first persist")!;
  const [all, some, none] = [
    await exploreStory(story),
    await exploreStory(story, { oneOutOf: 3 }),
    await exploreStory(story, { oneOutOf: Infinity }),
  ];
  assert.ok(some.states > 0 && some.states < all.states, `${some.states} of ${all.states}`);
  assert.equal(none.states, 0);
});
