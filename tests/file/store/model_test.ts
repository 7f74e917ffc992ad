import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type {
  LocalFileOffsetStore,
  MessageQueue,
  OffsetFileFormat,
  ReadType,
} from "../../../mod.ts";
import { offset, poolQueue } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** What the store must be: two maps and a set, by the text of the queue. */
class Model {
  memory = new Map<string, bigint>();
  frozen = new Set<string>();
  durable = new Map<string, bigint>();
}

interface Real {
  readonly open: () => Promise<LocalFileOffsetStore>;
  store: LocalFileOffsetStore;
}

type Command = fc.AsyncCommand<Model, Real>;

const keyOf = (mq: MessageQueue) => JSON.stringify([mq.topic, mq.brokerName, mq.queueId + 0]);

function command(text: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => text };
}

function update(mq: MessageQueue, o: bigint, increaseOnly: boolean): Command {
  return command(`update(${keyOf(mq)}, ${o}n, ${increaseOnly})`, async (model, { store }) => {
    store.update(mq, o, increaseOnly);
    const [key, held] = [keyOf(mq), model.memory.get(keyOf(mq))];
    if (model.frozen.has(key)) return;
    if (held === undefined || !increaseOnly || o > held) model.memory.set(key, o);
  });
}

function read(mq: MessageQueue, type: ReadType): Command {
  return command(`read(${keyOf(mq)}, ${type})`, async (model, { store }) => {
    const m = model.memory.get(keyOf(mq));
    const s = model.durable.get(keyOf(mq));
    const fromMemory = type === "memory"
      ? m === undefined || m >= -1n
      : type === "memory-then-store" && m !== undefined && m >= 0n;
    assert.equal(await store.read(mq, type), (fromMemory ? m : s) ?? -1n);
    if (!fromMemory && m === undefined && s !== undefined) model.memory.set(keyOf(mq), s);
  });
}

function freeze(mq: MessageQueue, o: bigint): Command {
  return command(`updateAndFreeze(${keyOf(mq)}, ${o}n)`, async (model, { store }) => {
    store.updateAndFreeze(mq, o);
    model.memory.set(keyOf(mq), o);
    model.frozen.add(keyOf(mq));
  });
}

function remove(mq: MessageQueue): Command {
  return command(`remove(${keyOf(mq)})`, async (model, { store }) => {
    store.remove(mq);
    model.memory.delete(keyOf(mq));
    model.frozen.delete(keyOf(mq));
  });
}

function persisted(model: Model): void {
  for (const [key, o] of model.memory) model.durable.set(key, o);
}

function reopened(model: Model): void {
  model.memory = new Map(model.durable);
  model.frozen.clear();
}

function deleteDurable(mq: MessageQueue): Command {
  return command(`deleteDurable(${keyOf(mq)})`, async (model, { store }) => {
    await store.deleteDurable(mq);
    model.memory.delete(keyOf(mq));
    model.frozen.delete(keyOf(mq));
    persisted(model);
    model.durable.delete(keyOf(mq));
  });
}

const persist = command("persist()", async (model, { store }) => {
  await store.persist();
  persisted(model);
});

const persistNothing = command("persist([])", (_, { store }) => store.persist([]));

const snapshot = command("snapshot()", async (model, { store }) => {
  const held = [...store.snapshot()].map(([mq, o]) => [keyOf(mq), o] as const);
  assert.deepEqual(new Map(held), new Map([...model.memory].sort(([a], [b]) => a < b ? -1 : 1)));
  assert.equal(store.status().queues, model.memory.size);
  const dirty = [...model.memory].filter(([key, o]) => model.durable.get(key) !== o);
  assert.equal(store.status().dirtyQueues, dirty.length);
});

const reopen = command("close(), open()", async (model, real) => {
  await real.store.close();
  real.store = await real.open();
  persisted(model);
  reopened(model);
});

const kill = command("kill, open()", async (model, real) => {
  real.store = await real.open();
  reopened(model);
});

const commands: fc.Arbitrary<Command>[] = [
  fc.tuple(poolQueue, offset, fc.boolean()).map((args) => update(...args)),
  fc.tuple(poolQueue, offset, fc.boolean()).map((args) => update(...args)),
  fc.tuple(poolQueue, fc.constantFrom<ReadType>("memory", "store", "memory-then-store"))
    .map((args) => read(...args)),
  fc.tuple(poolQueue, offset).map((args) => freeze(...args)),
  poolQueue.map(remove),
  poolQueue.map(deleteDurable),
  ...[persist, persistNothing, snapshot, reopen, kill].map((each) => fc.constant(each)),
];

/** How the file is written, which shows nowhere. */
const form = fc.record({
  format: fc.constantFrom<OffsetFileFormat>("go", "java"),
  checksum: fc.boolean(),
});

for (const journal of [false, true]) {
  const how = journal ? "with a journal, opened with one and without" : "without a journal";
  test(`U R D P J the store is a plain model of memory and file, ${how}`, async () => {
    await check(
      fc.asyncProperty(form, fc.commands(commands, { maxCommands: 40 }), async (form, calls) => {
        await using at = await StoreDirectory.make();
        let opened = 0;
        const open = () =>
          at.open({ ...form, durability: "relaxed", journal: journal && opened++ % 3 !== 2 });
        const store = await open();
        await fc.asyncModelRun(() => ({ model: new Model(), real: { open, store } }), [
          ...calls,
          snapshot,
        ]);
      }),
      { numRuns: 100 },
    );
  });
}
