/** L: how a new run loads the files that it finds. */
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import type { Arbitrary } from "fast-check";
import { fc } from "../lib/fast_check.ts";
import { OffsetTable, type ReadType, serialize } from "../../src/core/mod.ts";
import { offset, QUEUES, table, updateAll } from "./cases.ts";
import { clause } from "./clause.ts";
import { setPermissions } from "./client_files.ts";
import { type Damage, damage, spoil, visibleDamage } from "./damage.ts";
import { tellQueue } from "./tell.ts";
import { Unsupported } from "./verdict.ts";
import type { Role, World } from "./world.ts";

/** Writes a table into a file and damages the file. */
async function putDamaged(world: World, role: Role, table: OffsetTable, how: Damage) {
  const good = new TextEncoder().encode(serialize(table, { format: world.ground.format }));
  const bytes = spoil(how, good);
  const size = `${bytes.length} of ${good.length} bytes`;
  await world.putBytes(role, bytes, how.kind + (how.kind === "is truncated" ? ` to ${size}` : ""));
  return bytes;
}

/** Expects that the next run has just this table. */
async function expectTable(world: World, table: OffsetTable, what: string) {
  for (const [mq, offset] of table) {
    const read = await world.read(mq, "memory-then-store");
    world.expect(
      read === offset,
      `${what}: ${tellQueue(mq)} = ${offset} is read`,
      `${read ?? "an error"} is read`,
    );
  }
}

/** Expects an error from the client instead of a first start. */
async function expectError(world: World, table: OffsetTable, what: string) {
  const opened = await world.open();
  if (!opened.ok) return;
  for (const [mq] of table) {
    const read = await world.read(mq, "memory-then-store");
    if (read !== undefined) world.fail(`${what}: an error`, `open succeeds, and ${read} is read`);
  }
}

/** The damage of main. `undefined` means that main is missing. */
const badMain: Arbitrary<Damage | undefined> = fc.option(damage, { nil: undefined, freq: 6 });

const newer = (table: OffsetTable) => OffsetTable.from([...table].map(([mq, o]) => [mq, o + 1n]));
const capped = table.filter((t) => [...t].every(([, o]) => o < 2n ** 63n - 1n));

export const LOAD_CLAUSES = [
  clause({
    id: "L1",
    severity: "wrong answer",
    text: "Without any file a store is fresh: every read answers -1, and there is no error.",
    share: 0.3,
    arbitrary: fc.record({
      bare: fc.boolean(),
      mq: fc.constantFrom(...QUEUES),
      type: fc.constantFrom<ReadType>("memory", "store", "memory-then-store"),
    }),
    async run(world, { bare, mq, type }) {
      if (bare) world.root = world.ground.newRoot();
      const { outcome } = await world.openWell();
      if (outcome !== undefined) {
        world.expect(outcome === "fresh", "the outcome is fresh", `it is ${outcome}`);
      }
      const read = await world.read(mq, type);
      world.expect(read === -1n, "-1 is read", `${read ?? "an error"} is read`);
    },
  }),
  clause({
    id: "L2",
    severity: "data loss",
    text: "If main is bad or missing, the good backup is used.",
    arbitrary: fc.record({ main: badMain, backup: capped }),
    async run(world, { main, backup }) {
      await world.put("backup", backup);
      if (main !== undefined) await putDamaged(world, "main", newer(backup), main);
      await world.openWell();
      await expectTable(world, backup, "the backup is used");
    },
  }),
  clause({
    id: "L2.temporary",
    severity: "data loss",
    text: "If main is missing, a complete temporary file is used just if no backup is usable.",
    arbitrary: fc.record({ old: fc.option(table, { nil: undefined }), next: table }),
    async run(world, { old, next }) {
      if (old !== undefined) await world.put("backup", old);
      await world.put("temporary", next);
      await world.openWell();
      const used = old === undefined ? "temporary file" : "backup";
      await expectTable(world, old ?? next, `the ${used} is used`);
    },
  }),
  clause({
    id: "L2.own",
    severity: "data loss",
    text: "After two persists, the damage of main costs no more than the last of them.",
    arbitrary: fc.record({ first: capped, how: badMain }),
    async run(world, { first, how }) {
      const second = newer(first);
      await world.openWell();
      for (const table of [first, second]) {
        await updateAll(world, table);
        await world.persistWell();
      }
      if (how === undefined) {
        await world.removeFile("main");
      } else {
        await putDamaged(world, "main", second, how);
      }
      await world.openWell();
      // A client that also writes behind the calls may have kept a table between the two.
      for (const [mq, offset] of first) {
        const read = await world.read(mq, "memory-then-store");
        world.expect(
          read !== undefined && read >= offset,
          `at least ${tellQueue(mq)} = ${offset}, of the first persist, is found`,
          `${read ?? "an error"} is read`,
        );
      }
    },
  }),
  clause({
    id: "L3",
    severity: "wrong answer",
    text: "The outcome of a load tells whether it was fresh, loaded or recovered.",
    arbitrary: fc.record({
      main: fc.option(fc.option(damage, { nil: "good" as const }), { nil: undefined }),
      backup: fc.boolean(),
      table,
    }).filter(({ main, backup }) => backup || main === undefined || main === "good"),
    async run(world, { main, backup, table }) {
      if (backup) await world.put("backup", table);
      if (main === "good") await world.put("main", table);
      else if (main !== undefined) await putDamaged(world, "main", table, main);
      const { outcome } = await world.openWell();
      if (outcome === undefined) throw new Unsupported("the outcome of open");
      const expected = main === "good" ? "loaded" : backup ? "recovered" : "fresh";
      world.expect(outcome === expected, `the outcome is ${expected}`, `it is ${outcome}`);
    },
  }),
  clause({
    id: "L4",
    severity: "silent reset",
    text: "If files are there and none is usable, that is an error, never a silent first start.",
    arbitrary: fc.record({ table, main: damage, backup: badMain }),
    async run(world, { table, main, backup }) {
      await putDamaged(world, "main", table, main);
      if (backup !== undefined) await putDamaged(world, "backup", table, backup);
      await expectError(world, table, "no file is usable");
    },
  }),
  clause({
    id: "L4.evidence",
    severity: "data loss",
    text: "A bad file is not destroyed by what follows: its bytes stay, under whatever name.",
    arbitrary: fc.record({
      table,
      main: visibleDamage,
      offset,
      persists: fc.integer({ min: 1, max: 3 }),
    }),
    async run(world, { table, main, offset, persists }) {
      const bytes = await putDamaged(world, "main", table, main);
      const { ok } = await world.open();
      for (let i = 0; ok && i < persists; i++) {
        await world.update(QUEUES[0], offset + BigInt(i) / 2n);
        await world.persist();
      }
      const kept = [...(await world.contents()).values()];
      world.expect(
        kept.includes(Buffer.from(bytes).toString("latin1")),
        "the bytes of the bad file are still in some file",
        `they are in none of ${(await world.files()).join(", ")}`,
      );
    },
  }),
  clause({
    id: "L5",
    severity: "silent reset",
    text: "A file that may not be read is reported, never taken for missing.",
    share: 0.3,
    arbitrary: fc.record({
      table,
      backup: fc.boolean(),
      what: fc.constantFrom("file", "directory"),
    }),
    async run(world, { table, backup, what }) {
      world.mode = "confined";
      if (backup) await world.put("backup", table);
      await world.put("main", table);
      const path = what === "file" ? world.path("main") : dirname(world.path("main"));
      await setPermissions(path, 0);
      world.tell(
        `the permissions of ${what === "file" ? world.name("main") : "its directory"} are 000`,
      );
      try {
        await expectError(world, table, "main may not be read");
      } finally {
        await setPermissions(path, 0o700);
      }
    },
  }),
];
