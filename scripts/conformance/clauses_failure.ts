/** P2 to P4 and P8: kills, crashes in the middle of a persist, and writes that fail. */
import { rm } from "node:fs/promises";
import { dirname, relative } from "node:path";
import fc from "fast-check";
import { OffsetTable } from "../../src/core/mod.ts";
import { QUEUES, steps, take, updateAll } from "./cases.ts";
import { clause } from "./clause.ts";
import { type CallBoundary, crashAt, learnBoundaries } from "./crash_at_call.ts";
import { type ObstacleName, OBSTACLES } from "./obstacle.ts";
import { tellQueue } from "./tell.ts";
import { filesBelow } from "./ground.ts";
import type { World } from "./world.ts";

/** More than a page of offsets, or one. */
const tableOf = (queues: number, offset: bigint) =>
  OffsetTable.from(
    Array.from({ length: queues }, (_, queueId) => [
      { topic: "a", brokerName: "b", queueId },
      offset,
    ]),
  );

const failing = fc.record({
  obstacle: fc.constantFrom(...Object.keys(OBSTACLES) as ObstacleName[]),
  before: fc.constantFrom(1, 100),
  after: fc.constantFrom(1, 120, 300),
});

/** Persists a table, then fails to persist the next one. */
async function fail(
  world: World,
  given: { obstacle: ObstacleName; before: number; after: number },
  then: (before: OffsetTable, after: OffsetTable, ok: boolean) => Promise<void>,
): Promise<void> {
  const obstacle = OBSTACLES[given.obstacle];
  await obstacle.prepare(world);
  const before = tableOf(given.before, 1n);
  const after = tableOf(Math.max(given.before, given.after), 2n);
  await world.openWell();
  await updateTold(world, before);
  await world.persistWell();
  let ok;
  try {
    await obstacle.raise(world);
    await updateTold(world, after);
    ok = (await world.persist()).ok;
    if (ok && !world.lenient) await expectHeld(world, after);
  } finally {
    await obstacle.lower(world);
  }
  await then(before, after, ok);
}

/** Updates of many queues are one line of the story. */
async function updateTold(world: World, table: OffsetTable): Promise<void> {
  const length = world.story.length;
  await updateAll(world, table);
  if (table.size > 3) {
    const first = world.story[length];
    world.story.splice(length, table.size, `${first}, and so on for ${table.size} queues`);
  }
}

async function expectHeld(world: World, table: OffsetTable): Promise<void> {
  const written = await world.table("main");
  world.expect(
    written !== undefined && [...table].every(([mq, offset]) => written.get(mq) === offset),
    "persist answers with an error, or the file holds what it was to hold",
    written === undefined
      ? `persist answers ok, and ${world.name("main")} is missing or bad`
      : `persist answers ok, and ${world.name("main")} holds the old table`,
  );
}

async function boundaries(world: World): Promise<readonly CallBoundary[]> {
  return await learnBoundaries(world.ground);
}

/** How many crash points a client may have; the cases take them in turn. */
const CRASHES = 40;
const MQ = QUEUES[0];

/** Two generations, for a crash in the middle of a third. */
async function twoGenerations(world: World): Promise<void> {
  await world.openWell();
  for (const offset of [1n, 2n]) {
    await world.update(MQ, offset);
    await world.persistWell();
  }
}

export const FAILURE_CLAUSES = [
  clause({
    id: "P2",
    text: "What was persisted before a kill is read by the next process, or something later.",
    share: 0.2,
    arbitrary: steps("update", "persist", "kill"),
    async run(world, given) {
      await world.openWell();
      // What each queue held at the last persist and since.
      let possible = (await world.look(QUEUES)).map((held) => [held]);
      for (const step of [...given, { do: "kill" } as const]) {
        await take(world, step);
        const held = await world.look(QUEUES);
        if (step.do === "persist") possible = held.map((each) => [each]);
        if (step.do === "update") held.forEach((each, i) => possible[i].push(each));
        if (step.do !== "kill") continue;
        QUEUES.forEach((mq, i) =>
          world.expect(
            possible[i].includes(held[i]),
            `the next process finds ${tellQueue(mq)} = ${[...new Set(possible[i])].join(" or ")}`,
            `it finds ${held[i]}`,
          )
        );
        possible = held.map((each) => [each]);
      }
    },
  }),
  clause({
    id: "P3",
    text: "A crash during a persist leaves the table before it or the new one, whole.",
    share: 0.2,
    everyExample: Array.from({ length: CRASHES }, (_, index) => index),
    arbitrary: fc.nat(CRASHES - 1),
    async run(world, index) {
      const all = await boundaries(world);
      // With fewer points than cases, the later cases have nothing to add.
      await twoGenerations(world);
      const persisted = await crashAt(world, all[index % all.length], MQ, 3n);
      const opened = await world.open();
      const read = await world.read(MQ, "memory-then-store");
      const expected = persisted ? [3n] : [2n, 3n];
      world.expect(
        opened.ok && read !== undefined && expected.includes(read),
        `the next process reads ${expected.join(" or ")}`,
        opened.ok ? `it reads ${read ?? "an error"}` : `open answers "${opened.error}"`,
      );
    },
  }),
  clause({
    id: "P8",
    text: "Crashes leave no more than one temporary file behind, once the store was used again.",
    share: 0.05,
    arbitrary: fc.array(fc.nat(CRASHES - 1), { minLength: 3, maxLength: 4 }),
    async run(world, indices) {
      const all = await boundaries(world);
      await twoGenerations(world);
      let offset = 3n;
      for (const index of indices) {
        await crashAt(world, all[index % all.length], MQ, offset++);
      }
      await world.openWell();
      await world.update(MQ, offset);
      await world.persistWell();
      const files = await filesBelow(dirname(world.path("main")));
      world.expect(
        files.length <= 3,
        "there is main, its backup, and at most one other file",
        `there are ${files.map((file) => relative("", file)).join(", ")}`,
      );
    },
  }),
  clause({
    id: "P4",
    text: "A persist that could not write says so.",
    share: 0.3,
    arbitrary: failing,
    run: (world, given) => fail(world, given, async () => {}),
  }),
  clause({
    id: "P4.old",
    text: "A persist that could not write leaves the file before it usable.",
    share: 0.3,
    arbitrary: failing,
    run: (world, given) =>
      fail(quiet(world), given, async (before, after) => {
        await world.killAndOpen();
        const read: string[] = [];
        for (const [mq] of after) read.push(`${(await world.look([mq]))[0]}`);
        const wanted = [before, after].map((t) => [...after].map(([mq]) => `${t.get(mq) ?? -1n}`));
        world.expect(
          wanted.some((each) => each.join() === read.join()),
          `a new run reads ${[...new Set(wanted.map((each) => each[0]))].join(" or ")} of ` +
            `${tellQueue(MQ)}, and all other queues as they were then`,
          `it reads ${read[0]}, and ${read.filter((each) => each === "-1").length} of ` +
            `${read.length} queues have no offset`,
        );
      }),
  }),
  clause({
    id: "P4.next",
    text: "After a persist that could not write, memory is complete and the next persist succeeds.",
    share: 0.3,
    arbitrary: failing,
    run: (world, given) =>
      fail(quiet(world), given, async (_, after) => {
        await world.persistWell();
        await expectHeld(world, after);
      }),
  }),
  clause({
    id: "P4.bad-files",
    text: "A persist that finds its files damaged writes a good one, or says that it did not.",
    share: 0.3,
    arbitrary: fc.record({
      backup: fc.constantFrom("good", "damaged", "missing"),
      gone: fc.boolean(),
    }),
    async run(world, { backup, gone }) {
      await world.openWell();
      for (const offset of [1n, 2n]) {
        await world.update(MQ, offset);
        await world.persistWell();
      }
      if (gone) await world.removeFile("main");
      else await world.putBytes("main", new Uint8Array([0xa7]), "is overwritten with garbage");
      if (backup === "missing") await rm(world.path("backup"), { force: true });
      if (backup === "damaged") {
        await world.putBytes("backup", new Uint8Array([0xa7]), "is overwritten with garbage");
      }
      await world.update(MQ, 3n);
      if ((await world.persist()).ok) await expectHeld(world, OffsetTable.from([[MQ, 3n]]));
    },
  }),
];

/** A silent failure is another clause's matter. */
function quiet(world: World): World {
  world.lenient = true;
  return world;
}
