/** R and D: the answers of reads, their effect on memory, and removals. */
import type { Arbitrary } from "fast-check";
import { fc } from "../lib/fast_check.ts";
import {
  applyUpdate,
  type MessageQueue,
  type Offset,
  OffsetTable,
  type ReadType,
  readWithType,
} from "../../src/core/mod.ts";
import { offset, queue, QUEUES, type Step, steps, take } from "./cases.ts";
import { clause } from "./clause.ts";
import { tellQueue } from "./tell.ts";
import type { World } from "./world.ts";

/** The model of memory, made from the client's answers. */
async function observed(world: World): Promise<OffsetTable> {
  const held = await world.look(QUEUES);
  return OffsetTable.from(
    QUEUES.flatMap((mq, i) => held[i] >= 0n ? [[mq, held[i]] as const] : []),
  );
}

/** A clause on each read of a sequence. The core computes the right answer from memory and file. */
function onRead(
  id: string,
  text: string,
  type: ReadType,
  given: Arbitrary<Step[]>,
  judged: (held: Offset) => boolean,
) {
  return clause({
    id,
    severity: "wrong answer",
    text,
    arbitrary: fc.tuple(given, queue),
    async run(world, [given, last]) {
      await world.openWell();
      let memory = await observed(world);
      for (const step of [...given, { do: "read", mq: last, type } as const]) {
        if (step.do === "read") {
          if (step.type !== type) continue;
          const held = memory.get(step.mq) ?? -1n;
          const stored = await world.table("main") ?? OffsetTable.empty;
          const expected = readWithType(memory, stored, step.mq, type);
          const read = await take(world, step);
          if (judged(held)) {
            const state = `memory holds ${held} and the file ${stored.get(step.mq) ?? "none"}`;
            world.expect(read === expected, `${state}: ${expected} is read`, `${read} is read`);
          }
          // Another clause judges the effect of the read on memory.
          memory = await observed(world);
          continue;
        }
        await take(world, step);
        if (step.do === "update") {
          memory = applyUpdate(memory, step.mq, step.offset, step.increaseOnly);
        } else if (step.do !== "persist") memory = await observed(world);
      }
    },
  });
}

const CALLS = steps("update", "read", "persist", "reopen", "remove");

/** An update with a negative offset, with or without a stored offset before it. */
const NEGATIVE: Arbitrary<Step[]> = fc.tuple(
  fc.option(offset),
  fc.constantFrom(-1n, -2n, -(2n ** 63n)),
).map(([stored, negative]) => [
  ...(stored === null ? [] : [
    { do: "update", mq: QUEUES[0], offset: stored, increaseOnly: false } as const,
    { do: "persist" } as const,
  ]),
  { do: "update", mq: QUEUES[0], offset: negative, increaseOnly: false },
]);

/** A clause on memory after each read of a sequence. */
function afterRead(
  id: string,
  text: string,
  judge: (world: World, mq: MessageQueue, isRead: boolean, before: Offset, after: Offset) => void,
) {
  return clause({
    id,
    severity: "wrong answer",
    text,
    arbitrary: fc.tuple(steps("update", "persist", "read", "foreign", "reopen"), queue),
    async run(world, [given, last]) {
      await world.openWell();
      for (const step of [...given, { do: "read", mq: last, type: "store" } as const]) {
        if (step.do !== "read") {
          await take(world, step);
          continue;
        }
        const before = await world.look(QUEUES);
        await take(world, step);
        const after = await world.look(QUEUES);
        QUEUES.forEach((mq, i) =>
          judge(world, mq, tellQueue(mq) === tellQueue(step.mq), before[i], after[i])
        );
      }
    },
  });
}

const isOne = (held: Offset) => held >= 0n;
const isAny = () => true;

export const READ_CLAUSES = [
  onRead("R1.memory", "A read from memory answers what memory holds.", "memory", CALLS, isAny),
  onRead(
    "R1.memory-then-store",
    "A read from memory and then the store answers what memory holds, else what the file says.",
    "memory-then-store",
    CALLS,
    isAny,
  ),
  onRead(
    "R1.store",
    "A read from the store answers what the file says, and nothing else.",
    "store",
    CALLS,
    isAny,
  ),
  onRead(
    "R1.negative",
    "If memory holds a negative offset, a read from memory and then the store answers the file's.",
    "memory-then-store",
    NEGATIVE,
    (held) => !isOne(held),
  ),
  clause({
    id: "R2",
    severity: "wrong answer",
    text: "A read that memory answers needs no file, and makes none.",
    arbitrary: fc.record({
      mq: queue,
      offset,
      persisted: fc.boolean(),
      type: fc.constantFrom<ReadType>("memory", "memory-then-store"),
    }),
    async run(world, { mq, offset, persisted, type }) {
      await world.openWell();
      await world.update(mq, offset);
      if (persisted) await world.persistWell();
      await world.putBytes("main", new Uint8Array([0xa7]), "is overwritten with garbage");
      const before = await world.contents();
      const read = await world.read(mq, type);
      world.expect(read === offset, `memory answers ${offset}`, `${read} is read`);
      const after = await world.contents();
      const same = [...before].join() === [...after].join();
      world.expect(same, "no file changes", `the files are ${[...after.keys()].join(", ")}`);
    },
  }),
  afterRead(
    "R3",
    "A read from the store never drops or lowers an offset that memory holds, of any queue.",
    (world, mq, _, before, after) => {
      if (before < 0n) return;
      const happened = `it holds ${after < 0n ? "none" : after}`;
      world.expect(after >= before, `memory keeps ${before} of ${tellQueue(mq)}`, happened);
    },
  ),
  afterRead(
    "R3.adopts",
    "A read from the store brings only the queue that was read into memory.",
    (world, mq, isRead, before, after) => {
      if (before >= 0n || isRead) return;
      world.expect(after < 0n, `${tellQueue(mq)} is not brought in`, `memory holds ${after}`);
    },
  ),
  clause({
    id: "D1",
    severity: "wrong answer",
    text: "A removal forgets the queue in memory, and no other.",
    arbitrary: fc.tuple(steps("update", "persist", "remove", "reopen"), queue, offset),
    async run(world, [given, last, offset]) {
      await world.openWell();
      const update = { do: "update", mq: last, offset, increaseOnly: false } as const;
      for (const step of [...given, update, { do: "remove", mq: last } as const]) {
        const before = await world.look(QUEUES);
        await take(world, step);
        if (step.do !== "remove") continue;
        const after = await world.look(QUEUES);
        QUEUES.forEach((mq, i) => {
          const expected = tellQueue(mq) === tellQueue(step.mq) ? -1n : before[i];
          const what = expected < 0n ? "no offset" : `${expected}`;
          world.expect(
            after[i] === expected,
            `memory holds ${what} of ${tellQueue(mq)}`,
            `it holds ${after[i]}`,
          );
        });
      }
    },
  }),
  clause({
    id: "D1.durable",
    severity: "data loss",
    text: "The durable offset of a removed queue survives persist, and is found by a store read.",
    arbitrary: fc.record({
      mq: queue,
      offset,
      more: steps("update", "persist", "reopen"),
    }),
    async run(world, { mq, offset, more }) {
      await world.openWell();
      await world.update(mq, offset);
      await world.persistWell();
      await world.remove(mq);
      for (const step of more) {
        if (step.do !== "update" || tellQueue(step.mq) !== tellQueue(mq)) await take(world, step);
      }
      await world.persistWell();
      const read = await world.read(mq, "store");
      world.expect(read === offset, `the file still says ${offset}`, `${read} is read`);
    },
  }),
];
