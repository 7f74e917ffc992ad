/** U: the effect of an update, seen by reads of memory before and after it. */
import { fc } from "../lib/fast_check.ts";
import type { MessageQueue } from "../../src/core/mod.ts";
import { messageQueue } from "../lib/arbitraries.ts";
import { edgeOffset, offset, queue, QUEUES, type StepOf, steps, take } from "./cases.ts";
import { clause } from "./clause.ts";
import { tellQueue } from "./tell.ts";
import type { World } from "./world.ts";

type Judge = (
  world: World,
  step: StepOf<"update">,
  before: bigint,
  after: bigint,
) => void;

/** A clause on each update of a sequence: it judges the queue's offset before and after it. */
function onUpdate(id: string, text: string, judge: Judge) {
  return clause({
    id,
    severity: "wrong answer",
    text,
    arbitrary: steps("update", "persist", "reopen"),
    async run(world, given) {
      await world.openWell();
      for (const step of given) {
        if (step.do !== "update") {
          await take(world, step);
          continue;
        }
        const [before] = await world.look([step.mq]);
        await take(world, step);
        const [after] = await world.look([step.mq]);
        judge(world, step, before, after);
      }
    },
  });
}

const expectAfter = (world: World, what: string, expected: bigint, after: bigint) =>
  world.expect(after === expected, `${what}: memory holds ${expected}`, `it holds ${after}`);

const BAD_QUEUES = [
  { topic: "a", brokerName: "b", queueId: 2 ** 31 },
  { topic: "a", brokerName: "b", queueId: 0.5 },
  { topic: "a\ud800", brokerName: "b", queueId: 0 },
  { topic: "a", brokerName: "\udc00b", queueId: 0 },
  { topic: null, brokerName: "b", queueId: 0 },
] as MessageQueue[];

/** Updates whose queue or offset is invalid. */
const badInput = fc.oneof(
  fc.tuple(fc.constantFrom(...BAD_QUEUES), fc.constant("1")),
  fc.tuple(queue, fc.constantFrom(String(2n ** 63n), String(-(2n ** 63n) - 1n), "1.5", "x")),
);

export const UPDATE_CLAUSES = [
  onUpdate(
    "U1",
    "A queue without an offset takes the given one, whatever increaseOnly says.",
    (world, step, before, after) => {
      if (before >= 0n) return;
      expectAfter(world, `${tellQueue(step.mq)} had no offset`, step.offset, after);
    },
  ),
  onUpdate(
    "U2",
    "With increaseOnly an offset is never lowered, and a greater one is taken.",
    (world, step, before, after) => {
      if (before < 0n || !step.increaseOnly) return;
      const expected = step.offset > before ? step.offset : before;
      world.expect(
        after >= expected,
        `an increase of ${before} with ${step.offset} leaves at least ${expected}`,
        `memory holds ${after}`,
      );
    },
  ),
  onUpdate(
    "U3",
    "With increaseOnly an equal or lower offset changes nothing.",
    (world, step, before, after) => {
      if (before < 0n || !step.increaseOnly || step.offset > before) return;
      expectAfter(world, `${step.offset} is no increase of ${before}`, before, after);
    },
  ),
  onUpdate(
    "U4",
    "Without increaseOnly the given offset is taken.",
    (world, step, before, after) => {
      if (before < 0n || step.increaseOnly) return;
      expectAfter(world, `${step.offset} replaces ${before}`, step.offset, after);
    },
  ),
  clause({
    id: "U5",
    severity: "wrong answer",
    text: "An update changes no other queue.",
    arbitrary: steps("update", "persist", "reopen"),
    async run(world, given) {
      await world.openWell();
      for (const step of given) {
        const before = await world.look(QUEUES);
        await take(world, step);
        if (step.do !== "update") continue;
        const after = await world.look(QUEUES);
        QUEUES.forEach((mq, i) => {
          if (tellQueue(mq) === tellQueue(step.mq)) return;
          expectAfter(world, `${tellQueue(mq)} was not updated`, before[i], after[i]);
        });
      }
    },
  }),
  clause({
    id: "U5.offsets",
    severity: "wrong answer",
    text: "The offsets of a topic are what memory holds of its queues, and of no others.",
    arbitrary: steps("update", "persist", "reopen"),
    async run(world, given) {
      await world.openWell();
      for (const step of given) await take(world, step);
      const { offsets = [] } = await world.offsets("a");
      const held = await world.look(QUEUES);
      const expected = QUEUES.flatMap((mq, i) =>
        mq.topic === "a" && held[i] >= 0n ? [`${tellQueue(mq)} = ${held[i]}`] : []
      );
      const told = offsets.map(({ mq, offset }) => `${tellQueue(mq)} = ${offset}`);
      world.expect(
        expected.sort().join() === told.sort().join(),
        `the offsets of topic "a" are ${expected.join(", ") || "none"}`,
        `they are ${told.join(", ") || "none"}`,
      );
    },
  }),
  clause({
    id: "U6",
    severity: "data loss",
    text: "Every int64 offset of every queue, whatever its names, is kept exactly.",
    arbitrary: fc.record({ mq: messageQueue, offset: fc.oneof(edgeOffset, offset) }),
    async run(world, { mq, offset }) {
      await world.openWell();
      await world.update(mq, offset);
      expectAfter(world, "the offset was taken", offset, (await world.look([mq]))[0]);
      await world.persistWell();
      await world.openWell();
      const read = await world.read(mq, "memory-then-store");
      world.expect(read === offset, `a new run reads ${offset}`, `it reads ${read}`);
    },
  }),
  clause({
    id: "U6.refusal",
    severity: "wrong answer",
    text: "Input that is no queue or no int64 is refused, and changes nothing.",
    arbitrary: fc.record({ bad: badInput, held: offset }),
    async run(world, { bad: [mq, offset], held }) {
      await world.openWell();
      for (const mq of QUEUES) await world.update(mq, held);
      const answer = await world.update(mq, offset);
      world.expect(!answer.ok, "update refuses its input", "it answers ok");
      const after = await world.look(QUEUES);
      world.expect(after.every((each) => each === held), "nothing changes", "an offset changed");
    },
  }),
  clause({
    id: "U7",
    severity: "wrong answer",
    text: "A frozen offset stays, whatever updates come, until the queue is removed.",
    arbitrary: steps("update", "freeze", "remove", "persist"),
    async run(world, given) {
      const frozen = new Map<string, bigint>();
      await world.openWell();
      for (const step of [...given, { do: "freeze", mq: QUEUES[0], offset: 5n } as const]) {
        await take(world, step);
        if (step.do === "freeze") frozen.set(tellQueue(step.mq), step.offset);
        if (step.do === "remove") frozen.delete(tellQueue(step.mq));
        const held = await world.look(QUEUES);
        QUEUES.forEach((mq, i) => {
          const offset = frozen.get(tellQueue(mq));
          if (offset !== undefined) {
            expectAfter(world, `${tellQueue(mq)} is frozen`, offset, held[i]);
          } else if (step.do === "update" && tellQueue(step.mq) === tellQueue(mq)) {
            if (!step.increaseOnly) {
              expectAfter(world, `${tellQueue(mq)} is not frozen`, step.offset, held[i]);
            }
          }
        });
      }
    },
  }),
];
