/** P4: writes that fail. */
import { fc } from "../lib/fast_check.ts";
import { OffsetTable } from "../../src/core/mod.ts";
import { QUEUES, updateAll } from "./cases.ts";
import { clause } from "./clause.ts";
import { deleteClientFile } from "./client_files.ts";
import { type ObstacleName, OBSTACLES } from "./obstacle.ts";
import { tellQueue } from "./tell.ts";
import type { World } from "./world.ts";

const MQ = QUEUES[0];

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

export const FAILURE_CLAUSES = [
  clause({
    id: "P4",
    severity: "data loss",
    text: "A persist that could not write says so.",
    share: 0.3,
    arbitrary: failing,
    run: (world, given) => fail(world, given, async () => {}),
  }),
  clause({
    id: "P4.old",
    severity: "data loss",
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
    severity: "data loss",
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
    severity: "data loss",
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
      if (backup === "missing") await deleteClientFile(world.root, world.path("backup"));
      if (backup === "damaged") {
        await world.putBytes("backup", new Uint8Array([0xa7]), "is overwritten with garbage");
      }
      await world.update(MQ, 3n);
      if ((await world.persist()).ok) await expectHeld(world, OffsetTable.from([[MQ, 3n]]));
    },
  }),
];

/** Another clause judges silent failures. */
function quiet(world: World): World {
  world.lenient = true;
  return world;
}
