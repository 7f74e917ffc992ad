/** The parts of generated cases: queues, offsets, tables and steps. */
import type { Arbitrary } from "fast-check";
import { fc } from "../lib/fast_check.ts";
import { type MessageQueue, type Offset, OffsetTable, type ReadType } from "../../src/core/mod.ts";
import { INT64_MAX, messageQueue } from "../lib/arbitraries.ts";
import type { World } from "./world.ts";

/** Few queues, so that sequences meet them again; some look alike when their names are joined. */
export const QUEUES: readonly MessageQueue[] = [
  { topic: "a", brokerName: "b", queueId: 0 },
  { topic: "a", brokerName: "b", queueId: 1 },
  { topic: "ab", brokerName: "c", queueId: 0 },
  { topic: "a", brokerName: "bc", queueId: 0 },
];

export const queue: Arbitrary<MessageQueue> = fc.constantFrom(...QUEUES);

/** A position in a queue. A negative offset would mean none. */
export const offset: Arbitrary<Offset> = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: 9n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: INT64_MAX }) },
);

/** Offsets at the limits of int64, of exact doubles and of "none". */
export const edgeOffset: Arbitrary<Offset> = fc.constantFrom(
  ...[0n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, INT64_MAX - 1n, INT64_MAX],
);

/** A table of some of the few queues, never empty. */
export const table: Arbitrary<OffsetTable> = fc.array(fc.tuple(queue, offset), {
  minLength: 1,
  maxLength: 4,
}).map((entries) => OffsetTable.from(entries));

/** A table with names that some client or format treats specially. */
export const hostileTable: Arbitrary<OffsetTable> = fc.array(
  fc.tuple(messageQueue, fc.oneof(offset, edgeOffset)),
  { minLength: 1, maxLength: 5 },
).map((entries) => OffsetTable.from(entries));

/** One call, or one act of another process. */
export type Step =
  | {
    readonly do: "update";
    readonly mq: MessageQueue;
    readonly offset: Offset;
    readonly increaseOnly: boolean;
  }
  | { readonly do: "freeze"; readonly mq: MessageQueue; readonly offset: Offset }
  | { readonly do: "read"; readonly mq: MessageQueue; readonly type: ReadType }
  | { readonly do: "remove"; readonly mq: MessageQueue }
  | { readonly do: "persist" | "reopen" | "kill" }
  | { readonly do: "foreign"; readonly table: OffsetTable };

export type StepOf<Kind extends Step["do"]> = Extract<Step, { do: Kind }>;

const STEPS: { readonly [Kind in Step["do"]]: Arbitrary<Step> } = {
  update: fc.record({
    do: fc.constant("update" as const),
    mq: queue,
    offset,
    increaseOnly: fc.boolean(),
  }),
  freeze: fc.record({ do: fc.constant("freeze" as const), mq: queue, offset }),
  read: fc.record({
    do: fc.constant("read" as const),
    mq: queue,
    type: fc.constantFrom<ReadType>("memory", "store", "memory-then-store"),
  }),
  remove: fc.record({ do: fc.constant("remove" as const), mq: queue }),
  persist: fc.constant({ do: "persist" }),
  reopen: fc.constant({ do: "reopen" }),
  kill: fc.constant({ do: "kill" }),
  foreign: fc.record({ do: fc.constant("foreign" as const), table }),
};

/** Any sequence of steps of these kinds; the first are the most frequent. */
export function steps(...kinds: Step["do"][]): Arbitrary<Step[]> {
  const each = kinds.map((kind, index) => ({
    weight: kinds.length - index,
    arbitrary: STEPS[kind],
  }));
  return fc.array(fc.oneof(...each), { minLength: 1, maxLength: 15, size: "max" });
}

/** Takes a step. Returns the offset if the step is a read. */
export async function take(world: World, step: Step): Promise<Offset | undefined> {
  switch (step.do) {
    case "update":
      await world.update(step.mq, step.offset, step.increaseOnly);
      return;
    case "freeze":
      await world.freeze(step.mq, step.offset);
      return;
    case "read":
      return await world.read(step.mq, step.type);
    case "remove":
      await world.remove(step.mq);
      return;
    case "persist":
      await world.persist();
      return;
    case "reopen":
      await world.open();
      return;
    case "kill":
      await world.killAndOpen();
      return;
    case "foreign":
      await world.put("main", step.table);
  }
}

/** Updates every queue of a table to its offset. */
export async function updateAll(world: World, table: OffsetTable): Promise<void> {
  for (const [mq, offset] of table) await world.update(mq, offset);
}
