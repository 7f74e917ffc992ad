/** P2, P3 and P8: the files after kills and crashes. */
import { dirname, join } from "node:path";
import { fc } from "../lib/fast_check.ts";
import { QUEUES, steps, take } from "./cases.ts";
import { clause } from "./clause.ts";
import {
  type CallBoundary,
  crashAt,
  learnBoundaries,
  needStrace,
  readTrace,
  runTraced,
  traceLog,
} from "./crash_at_call.ts";
import { filesBelow, setTime, statClientFile } from "./client_files.ts";
import { parseSyncs } from "./syncs.ts";
import { tellQueue } from "./tell.ts";
import { NotShown } from "./verdict.ts";
import type { World } from "./world.ts";

/** A long run tries all of the first crash points. A greater number stands for a random point. */
const CRASHES = 40;
const EVERY_CRASH = Array.from({ length: CRASHES }, (_, index) => index);

/** Crash points are not shrunk: none is simpler than another. */
const crashPoint = fc.noShrink(fc.integer({ min: 2 * CRASHES, max: 1_000_000 }));
const MQ = QUEUES[0];

/** The crash point of a number. */
async function boundary(world: World, index: number): Promise<CallBoundary> {
  const all = await learnBoundaries(world.ground);
  if (index >= all.length && index < CRASHES) throw new NotShown("there are fewer calls");
  return all[index % all.length];
}

/** Two generations, for a crash in the middle of a third. */
async function twoGenerations(world: World): Promise<void> {
  await world.openWell();
  for (const offset of [1n, 2n]) {
    await world.update(MQ, offset);
    await world.persistWell();
  }
}

/** Expects that a new process reads one of some offsets. */
async function expectRead(world: World, expected: readonly bigint[]): Promise<void> {
  const opened = await world.open();
  const read = await world.read(MQ, "memory-then-store");
  world.expect(
    opened.ok && read !== undefined && expected.includes(read),
    `the next process reads ${expected.join(" or ")}`,
    opened.ok ? `it reads ${read ?? "an error"}` : `open answers "${opened.error}"`,
  );
}

export const CRASH_CLAUSES = [
  clause({
    id: "P2",
    severity: "data loss",
    text: "The next process reads the offsets that were persisted before a kill, or later ones.",
    share: 0.2,
    arbitrary: steps("update", "persist", "kill"),
    async run(world, given) {
      await world.openWell();
      // The offsets of each queue at the last persist and since.
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
    id: "P2.synced",
    severity: "data loss",
    text: "Before a persist is acknowledged, the file and its name are synced (fsync).",
    share: 0.01,
    arbitrary: fc.constant(undefined),
    async run(world) {
      needStrace();
      await twoGenerations(world);
      const log = await traceLog(world);
      const calls = "trace=fsync,fdatasync,syncfs,sync,rename,renameat,renameat2";
      const ok = await runTraced(world, ["-y", "-o", log, "-e", calls], MQ, 3n);
      world.tell("a new process opens the store, calls update(a/b/0, 3) and persist()");
      if (!ok) return;
      const synced = parseSyncs(await readTrace(log), world.path("main"));
      world.expect(synced.file, "the new file is synced", "no file in the directory is synced");
      world.expect(
        synced.name,
        "the directory is synced after the rename",
        "it is not: a power cut may undo the rename",
      );
    },
  }),
  clause({
    id: "P3",
    severity: "data loss",
    text: "A crash during a persist leaves the table before it or the new one, whole.",
    share: 0.2,
    everyExample: EVERY_CRASH,
    arbitrary: crashPoint,
    async run(world, index) {
      const at = await boundary(world, index);
      await twoGenerations(world);
      const persisted = await crashAt(world, at, MQ, 3n);
      await expectRead(world, persisted ? [3n] : [2n, 3n]);
    },
  }),
  clause({
    id: "P3.twice",
    severity: "data loss",
    text: "Two crashes in a row, each during a persist, lose nothing that was acknowledged.",
    share: 0.2,
    everyExample: EVERY_CRASH,
    arbitrary: crashPoint,
    async run(world, index) {
      const first = await boundary(world, Math.floor(index / 2));
      // The second process may need one call fewer, because of the files that the first crash left.
      const second = { ...first, when: Math.max(1, first.when - index % 2) };
      await twoGenerations(world);
      const persisted = await crashAt(world, first, MQ, 3n);
      const again = await crashAt(world, second, MQ, 4n);
      await expectRead(world, again ? [4n] : persisted ? [3n, 4n] : [2n, 3n, 4n]);
    },
  }),
  clause({
    id: "P8",
    severity: "cosmetic",
    text:
      "Crashes leave no more than one temporary file behind, once the store was used again later.",
    share: 0.05,
    arbitrary: fc.tuple(crashPoint, crashPoint, crashPoint),
    async run(world, indices) {
      await boundary(world, 0);
      await twoGenerations(world);
      let offset = 3n;
      for (const index of indices) await crashAt(world, await boundary(world, index), MQ, offset++);
      // A young file may belong to a write that is under way.
      await letAnHourPass(dirname(world.path("main")));
      world.tell("an hour passes");
      await world.openWell();
      await world.update(MQ, offset);
      await world.persistWell();
      const files = await filesBelow(dirname(world.path("main")));
      world.expect(
        files.length <= 3,
        "there is main, its backup, and at most one other file",
        `there are ${files.join(", ")}`,
      );
    },
  }),
];

/** Makes all files an hour older. */
async function letAnHourPass(directory: string): Promise<void> {
  const paths = (await filesBelow(directory)).map((name) => join(directory, name));
  const files = new Map<bigint, { readonly path: string; readonly seconds: number }>();
  for (const path of paths) {
    const info = await statClientFile(path);
    // Two names of one file are one entry, so that the file gets older once.
    if (info !== undefined) files.set(info.ino, { path, seconds: Number(info.mtimeMs) / 1000 });
  }
  for (const { path, seconds } of files.values()) await setTime(path, seconds - 3600);
}
