/** S: the text of the files, and the texts that are read. */
import { fc } from "../lib/fast_check.ts";
import { OffsetTable, serialize } from "../../src/core/mod.ts";
import { messageQueue } from "../lib/arbitraries.ts";
import { hostileTable, offset, queue, table, updateAll } from "./cases.ts";
import { clause } from "./clause.ts";
import { badTexts, otherLayout, withoutChecksum } from "./texts.ts";
import { tellBytes, tellQueue, tellTable } from "./tell.ts";
import type { World } from "./world.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

async function expectTable(world: World, table: OffsetTable, type: "memory-then-store" | "store") {
  for (const [mq, offset] of table) {
    const read = await world.read(mq, type);
    world.expect(read === offset, `${tellQueue(mq)} = ${offset} is read`, `${read} is read`);
  }
}

/** Opens a store whose main file is no table, and expects that nothing is read from it. */
async function expectNothing(world: World, bytes: Uint8Array, table: OffsetTable) {
  await world.putBytes("main", bytes, `is ${tellBytes(bytes)}`);
  const opened = await world.open();
  if (!opened.ok) return;
  for (const [mq] of table) {
    const read = await world.read(mq, "memory-then-store");
    world.expect(
      read === undefined || read < 0n,
      "nothing is taken from a file that is not well-formed",
      `${tellQueue(mq)} = ${read} is read`,
    );
  }
}

export const TEXT_CLAUSES = [
  clause({
    id: "S1",
    severity: "data loss",
    text: "Persisted offsets are in the file, and the next run reads them, whatever the names.",
    arbitrary: hostileTable,
    async run(world, table) {
      await world.openWell();
      await updateAll(world, table);
      await world.persistWell();
      const written = await world.table("main");
      world.expect(
        written?.equals(table) ?? false,
        `${world.name("main")} holds ${tellTable(table)}`,
        `it is ${tellBytes(await world.bytes("main") ?? new Uint8Array())}`,
      );
      await world.openWell();
      await expectTable(world, table, "memory-then-store");
    },
  }),
  clause({
    id: "S2",
    severity: "cosmetic",
    text: "Equal tables have equal bytes, in whatever order they were updated.",
    arbitrary: fc.uniqueArray(fc.tuple(messageQueue, offset), {
      minLength: 2,
      maxLength: 8,
      selector: ([mq]) => JSON.stringify(mq),
    }),
    async run(world, entries) {
      const texts = [];
      for (const order of [entries, entries.toReversed()]) {
        await world.openWell();
        for (const [mq, offset] of order) await world.update(mq, offset);
        await world.persistWell();
        texts.push(decode(await world.bytes("main")));
        if (texts.length === 1) {
          world.root = world.ground.newRoot();
          await world.makeDirectory();
          world.tell("root is now another, empty directory");
        }
      }
      world.expect(texts[0] === texts[1], `both files are ${texts[0]}`, `one is ${texts[1]}`);
    },
  }),
  clause({
    id: "S3",
    severity: "cosmetic",
    text: "Up to the order of entries, the file has the bytes that Go's client writes (or Java's).",
    arbitrary: fc.record({ mq: messageQueue, offset }),
    async run(world, { mq, offset }) {
      await world.openWell();
      await world.update(mq, offset);
      await world.persistWell();
      const text = withoutChecksum(decode(await world.bytes("main")));
      const expected = serialize(OffsetTable.from([[mq, offset]]), { format: world.ground.format });
      world.expect(text === expected, `the file is ${expected}`, `it is ${text}`);
    },
  }),
  clause({
    id: "S4",
    severity: "cosmetic",
    text: "A canonical file that is loaded and persisted unchanged has the same bytes again.",
    arbitrary: hostileTable,
    async run(world, table) {
      const before = decode(await world.put("main", table));
      await world.openWell();
      await world.persistWell();
      const after = withoutChecksum(decode(await world.bytes("main")));
      world.expect(after === before, `the file is ${before}`, `it is ${after}`);
    },
  }),
  clause({
    id: "S5",
    severity: "silent reset",
    text: "White space, the order of fields, unknown members and duplicate keys do not matter.",
    arbitrary: fc.record({ table, layout: otherLayout }),
    async run(world, { table, layout }) {
      const bytes = encode(layout.write(table, world.ground.format));
      await world.putBytes("main", bytes, `is written with ${layout.name}: ${tellBytes(bytes)}`);
      await world.openWell();
      await expectTable(world, table, "memory-then-store");
    },
  }),
  clause({
    id: "S5.refusal",
    severity: "silent reset",
    text: "Nothing is read from a file that is not a table of int64 offsets of queues.",
    arbitrary: fc.record({ mq: queue, text: badTexts }),
    async run(world, { mq, text }) {
      const table = OffsetTable.from([[mq, 42n]]);
      const good = serialize(table, { format: world.ground.format });
      await expectNothing(world, text(good), table);
    },
  }),
  clause({
    id: "S6",
    severity: "silent reset",
    text: "Nothing is read from a proper prefix of a table, nor from NULs.",
    arbitrary: fc.record({ table, at: fc.nat(9999), nuls: fc.boolean() }),
    async run(world, { table, at, nuls }) {
      const bytes = encode(serialize(table, { format: world.ground.format }));
      const kept = bytes.slice(0, Math.floor(bytes.length * at / 10_000));
      await expectNothing(world, nuls ? kept.fill(0) : kept, table);
    },
  }),
  clause({
    id: "S6.survives",
    severity: "wrong answer",
    text: "No file, however strange, ends the process or keeps it from answering.",
    share: 0.2,
    arbitrary: fc.oneof(
      fc.constantFrom("[", '{"a":', '{"offsetTable":').chain((opening) =>
        fc.constantFrom(10, 1000, 100_000).map((n) => encode(opening.repeat(n)))
      ),
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.constantFrom(
        ...['{"__proto__":{}}', '{"offsetTable":null}', "null", "0", "[]", '""', "\ufeff{}"],
      ).map(encode),
    ),
    async run(world, bytes) {
      await world.putBytes("main", bytes, `is ${tellBytes(bytes)}`);
      await world.open();
      const { ok } = await world.open();
      if (ok) await world.read({ topic: "a", brokerName: "b", queueId: 0 }, "store");
    },
  }),
  clause({
    id: "S7",
    severity: "silent reset",
    text: "A file in the other form, Java's object keys or Go's string keys, is read.",
    arbitrary: hostileTable,
    async run(world, table) {
      await world.put("main", table, world.ground.format === "go" ? "java" : "go");
      await world.openWell();
      await expectTable(world, table, "memory-then-store");
    },
  }),
];
