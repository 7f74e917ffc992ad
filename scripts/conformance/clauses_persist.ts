/** P: the files that a persist writes, and those that it leaves alone. */
import { dirname, join } from "node:path";
import { fc } from "../lib/fast_check.ts";
import { mergeMax, OffsetTable } from "../../src/core/mod.ts";
import { offset, queue, QUEUES, steps, table, take, updateAll } from "./cases.ts";
import { clause } from "./clause.ts";
import { statClientFile, writeClientFile } from "./client_files.ts";
import { damage, spoil } from "./damage.ts";
import { tellBytes, tellQueue, tellTable } from "./tell.ts";
import type { World } from "./world.ts";

/** Expects that main holds these offsets. */
async function expectWritten(world: World, table: OffsetTable) {
  const written = await world.table("main");
  for (const [mq, offset] of table) {
    world.expect(
      written?.get(mq) === offset,
      `${world.name("main")} holds ${tellQueue(mq)} = ${offset}`,
      written === undefined
        ? `it is missing or bad: ${tellBytes(await world.bytes("main") ?? new Uint8Array())}`
        : `it holds ${tellTable(written)}`,
    );
  }
}

/** The identity of a file and its time of change; `undefined` if there is no file. */
async function signature(path: string): Promise<string | undefined> {
  const info = await statClientFile(path);
  return info && `${info.ino} ${info.mtimeNs} ${info.size}`;
}

export const PERSIST_CLAUSES = [
  clause({
    id: "P1",
    severity: "data loss",
    text: "A persist makes the whole table durable.",
    arbitrary: fc.array(table, { minLength: 1, maxLength: 3 }),
    async run(world, tables) {
      await world.openWell();
      let all = OffsetTable.empty;
      for (const table of tables) {
        await updateAll(world, table);
        all = OffsetTable.from([...all, ...table]);
        await world.persistWell();
        await expectWritten(world, all);
      }
    },
  }),
  clause({
    id: "P1.fresh",
    severity: "data loss",
    text: "The first persist on a fresh host makes the directories that it needs.",
    share: 0.3,
    arbitrary: fc.record({ table, depth: fc.integer({ min: 0, max: 2 }) }),
    async run(world, { table, depth }) {
      world.root = join(world.ground.newRoot(), ...Array.from({ length: depth }, () => "d"));
      world.tell("root does not exist yet");
      await world.openWell();
      await updateAll(world, table);
      await world.persistWell();
      await expectWritten(world, table);
    },
  }),
  clause({
    id: "P1.named",
    severity: "data loss",
    text: "A persist of some queues makes the whole table durable.",
    arbitrary: fc.record({ table, named: queue }),
    async run(world, { table, named }) {
      await world.openWell();
      await updateAll(world, table);
      const { ok } = await world.persist([named]);
      world.expect(ok, "persist succeeds", "it fails");
      await expectWritten(world, table);
    },
  }),
  clause({
    id: "P1.none",
    severity: "cosmetic",
    text: "A persist of no queues writes nothing.",
    share: 0.5,
    arbitrary: fc.record({ first: fc.option(table, { nil: undefined }), then: table }),
    async run(world, { first, then }) {
      await world.openWell();
      if (first !== undefined) {
        await updateAll(world, first);
        await world.persistWell();
      }
      await updateAll(world, then);
      const before = await world.contents();
      await world.persist([]);
      const after = await world.contents();
      const same = [...before].join() === [...after].join();
      world.expect(same, "no file changes", `the files are ${[...after.keys()].join(", ")}`);
    },
  }),
  clause({
    id: "P5",
    severity: "data loss",
    text:
      "Persists that are asked for without waiting are each answered, and the last update is kept.",
    share: 0.5,
    arbitrary: fc.array(table, { minLength: 2, maxLength: 6 }),
    async run(world, tables) {
      await world.openWell();
      const calls = tables.flatMap((table) => [
        ...[...table].map(([mq, offset]) => world.update(mq, offset)),
        world.persist(),
      ]);
      await Promise.all(calls);
      await world.persistWell();
      await expectWritten(world, OffsetTable.from(tables.flatMap((table) => [...table])));
    },
  }),
  clause({
    id: "P6",
    severity: "cosmetic",
    text: "A table that the file holds already is not written again.",
    share: 0.5,
    arbitrary: fc.record({ table, reopen: fc.boolean() }),
    async run(world, { table, reopen }) {
      await world.openWell();
      await updateAll(world, table);
      await world.persistWell();
      if (reopen) await world.openWell();
      const before = await signature(world.path("main"));
      await world.persistWell();
      const same = before === await signature(world.path("main"));
      world.expect(same, `${world.name("main")} is not touched`, "it is written again");
    },
  }),
  clause({
    id: "P7",
    severity: "data loss",
    text: "The backup is the generation before.",
    arbitrary: fc.tuple(steps("update", "persist", "reopen"), queue, offset),
    async run(world, [given, mq, offset]) {
      await world.openWell();
      const update = { do: "update", mq, offset, increaseOnly: false } as const;
      const persist = { do: "persist" } as const;
      for (const step of [...given, update, persist]) {
        const previous = await world.table("main");
        const before = await signature(world.path("main"));
        await take(world, step);
        const rewritten = before !== await signature(world.path("main"));
        if (step.do !== "persist" || previous === undefined || !rewritten) continue;
        const backup = await world.table("backup");
        world.expect(
          backup?.equals(previous) ?? false,
          `${world.name("backup")} holds ${tellTable(previous)}`,
          backup === undefined
            ? `it is missing or bad: ${tellBytes(await world.bytes("backup") ?? new Uint8Array())}`
            : `it holds ${tellTable(backup)}`,
        );
      }
    },
  }),
  clause({
    id: "P7.bad-main",
    severity: "data loss",
    text: "A bad main never replaces a good backup.",
    arbitrary: fc.record({ table, how: damage, running: fc.boolean(), mq: queue, offset }),
    async run(world, { table, how, running, mq, offset }) {
      const good = await world.put("main", table);
      await world.put("backup", table);
      if (running) await world.openWell();
      await world.putBytes("main", spoil(how, good), how.kind);
      if (!running) await world.open();
      await world.update(mq, offset);
      await world.persist();
      const backup = await world.bytes("backup");
      const happened = backup === undefined ? "it is gone" : `it is ${tellBytes(backup)}`;
      const main = await world.table("main");
      world.expect(
        await world.table("backup") !== undefined,
        `${world.name("backup")} is good after the persist` + (main ? "" : ", since main is not"),
        happened,
      );
    },
  }),
  clause({
    id: "P8.foreign",
    severity: "data loss",
    text: "Files of others in the directory are left alone.",
    share: 0.5,
    arbitrary: fc.record({
      name: fc.constantFrom("notes.txt", "offset.json.mine", "other.tmp", "other.bak", ".hidden"),
      given: steps("update", "persist", "reopen"),
    }),
    async run(world, { name, given }) {
      const path = join(dirname(world.path("main")), name);
      await writeClientFile(world.root, path, new TextEncoder().encode("mine"));
      world.tell(`somebody else puts a file ${name} beside ${world.name("main")}`);
      await world.openWell();
      for (const step of given) await take(world, step);
      await world.persistWell();
      const contents = await world.contents();
      const kept = [...contents].some(([path, text]) => path.endsWith(name) && text === "mine");
      world.expect(
        kept,
        `${name} is left alone`,
        `the files are ${[...contents.keys()].join(", ")}`,
      );
    },
  }),
  clause({
    id: "P9",
    severity: "data loss",
    text:
      "A change that somebody else made meanwhile is not lost unnoticed: a conflict, or a merge.",
    arbitrary: fc.record({ table, foreign: table, mine: table }),
    async run(world, { table, foreign, mine }) {
      await world.openWell();
      await updateAll(world, table);
      await world.persistWell();
      const theirs = mergeMax(table, foreign);
      // A table that equals the client's own file is no change from outside.
      if (theirs.equals(table)) return;
      await world.put("main", theirs);
      await updateAll(world, mine);
      const { ok } = await world.persist();
      const written = await world.table("main") ?? OffsetTable.empty;
      for (const [mq, offset] of theirs) {
        if (QUEUES.some((each) => mine.has(each) && tellQueue(each) === tellQueue(mq))) continue;
        const held = written.get(mq) ?? -1n;
        world.expect(
          held >= offset,
          `their ${tellQueue(mq)} = ${offset} stays, or persist answers "conflict"`,
          `persist answers ${ok ? "ok" : "an error"}, and the file holds ${tellTable(written)}`,
        );
      }
    },
  }),
];
