/** The store by itself, in any order of calls, against a model of two maps. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { LocalFileOffsetStore, parse } from "../../mod.ts";
import { AliOnsOffsetStore } from "../../src/ali_ons/ali_ons_offset_store.ts";
import type { AliOnsReadType } from "../../src/ali_ons/consumer.ts";
import { check } from "../support/check.ts";

const MOST = 2 ** 53 - 1;

type Call =
  | { readonly call: "update"; readonly id: number; readonly offset: number; readonly up?: boolean }
  | { readonly call: "read"; readonly id: number; readonly type: AliOnsReadType }
  | { readonly call: "persistAll" | "persist" | "remove"; readonly id: number }
  | { readonly call: "nothing" | "open" | "stop" };

const id = fc.nat(2);
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      call: fc.constant("update" as const),
      id,
      offset: fc.oneof(fc.nat(9), fc.constantFrom(0, MOST, MOST - 1)),
      up: fc.constantFrom(true, false, undefined),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant("read" as const),
      id,
      type: fc.constantFrom<AliOnsReadType>(
        "READ_FROM_MEMORY",
        "READ_FROM_STORE",
        "MEMORY_FIRST_THEN_STORE",
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ call: fc.constantFrom("persistAll", "persist", "remove"), id }),
  },
  { weight: 2, arbitrary: fc.record({ call: fc.constantFrom("nothing", "open", "stop") }) },
);

class Model {
  state: "opening" | "open" | "closing" = "opening";
  memory: Map<number, number> = new Map<number, number>();
  durable: Map<number, number> = new Map<number, number>();

  update(id: number, offset: number, up: boolean): void {
    if (!up || offset > (this.memory.get(id) ?? -1)) this.memory.set(id, offset);
  }

  read(id: number, type: AliOnsReadType): number {
    const held = this.memory.get(id);
    if (type === "READ_FROM_MEMORY") return held ?? -1;
    if (type === "MEMORY_FIRST_THEN_STORE" && held !== undefined) return held;
    const stored = this.durable.get(id);
    if (stored !== undefined && held === undefined) this.memory.set(id, stored);
    return stored ?? -1;
  }

  persist(): void {
    for (const [id, offset] of this.memory) this.durable.set(id, offset);
  }
}

/** Ids are numbers, or digits as in some places of ali-ons. */
const mq = (id: number) => ({
  topic: "t",
  brokerName: "b",
  queueId: id === 1 ? String(id) : id,
});

async function run(calls: readonly Call[], each: boolean, root: string): Promise<Model> {
  const model = new Model();
  const opening = Promise.withResolvers<void>();
  let hasOpened = false;
  const at = { clientId: "c", group: "g", root, durability: "relaxed" } as const;
  const open = () => opening.promise.then(() => LocalFileOffsetStore.open(at));
  const store = new AliOnsOffsetStore("the test", open, each);
  store.on("error", (error) => assert.fail(error));

  const take = async (given: Call): Promise<void> => {
    const isOpen = model.state === "open";
    switch (given.call) {
      case "update":
        store.updateOffset(mq(given.id), given.offset, given.up);
        if (!isOpen) return;
        model.update(given.id, given.offset, given.up === true);
        if (each) model.persist();
        return;
      case "read": {
        const read = store.readOffset(mq(given.id), given.type);
        if (!hasOpened) return;
        // After the beginning of the end there is nothing to start, and so no offset.
        assert.equal(await read, isOpen ? model.read(given.id, given.type) : -1);
        return;
      }
      case "persist":
      case "persistAll":
        await (given.call === "persist" ? store.persist(mq(0)) : store.persistAll([mq(given.id)]));
        if (isOpen) model.persist();
        return;
      case "remove":
        store.removeOffset(mq(given.id));
        if (isOpen) model.memory.delete(given.id);
        return;
      case "nothing":
        store.updateOffset(undefined, 1);
        store.removeOffset(undefined);
        await store.persist(undefined);
        await store.persistAll([]);
        await store.persistAll(undefined);
        assert.equal(await store.readOffset(undefined, "READ_FROM_STORE"), -1);
        return;
      case "open":
        opening.resolve();
        hasOpened = true;
        await store.load();
        if (model.state === "opening") model.state = "open";
        return;
      case "stop":
        store.stop();
        model.state = "closing";
    }
  };

  for (const given of calls) {
    await take(given);
    // What a removal would take from memory is durable by then.
    if (each) await store.lastPersist();
  }
  opening.resolve();
  await store.load();
  await store.close();
  model.persist();
  return model;
}

async function durable(root: string): Promise<[number, number][]> {
  const text = await readFile(join(root, "c", "g", "offset.json"), "utf8").catch(() => undefined);
  if (text === undefined) return [];
  return [...parse(text)].map(([{ queueId }, offset]) => [queueId, Number(offset)]);
}

test("ali-ons: in any order of calls, the store answers and keeps what the model does", async () => {
  let [kept, empty] = [0, 0];
  await check(
    fc.asyncProperty(
      fc.array(call, { maxLength: 20, size: "max" }),
      fc.boolean(),
      async (calls, each) => {
        const root = await mkdtemp(join(tmpdir(), "ali-ons-"));
        try {
          const begun: Call[] = [{ call: "open" }];
          // Half of them begin with the opening, or most updates would come too early.
          const model = await run(
            calls.length % 2 === 0 ? [...begun, ...calls] : calls,
            each,
            root,
          );
          const expected = [...model.durable].sort(([a], [b]) => a - b);
          assert.deepEqual(await durable(root), expected);
          expected.length > 0 ? kept++ : empty++;
        } finally {
          await rm(root, { recursive: true });
        }
      },
    ),
    { numRuns: 200 },
  );
  assert.ok(kept > 0 && empty > 0, `${kept} kept, ${empty} empty`);
});

test("ali-ons: reads before the end of the opening are answered by what was opened", async () => {
  const root = await mkdtemp(join(tmpdir(), "ali-ons-"));
  try {
    const at = { clientId: "c", group: "g", root };
    const before = await LocalFileOffsetStore.open(at);
    before.update({ topic: "t", brokerName: "b", queueId: 0 }, 7, true);
    await before.close();
    const opening = Promise.withResolvers<void>();
    const open = () => opening.promise.then(() => LocalFileOffsetStore.open(at));
    const store = new AliOnsOffsetStore("the test", open, false);
    const types = ["READ_FROM_MEMORY", "READ_FROM_STORE", "MEMORY_FIRST_THEN_STORE"] as const;
    const reads = types.map((type) => store.readOffset(mq(0), type));
    const load = store.load();
    opening.resolve();
    assert.deepEqual(await Promise.all(reads), [7, 7, 7]);
    await load;
    await store.close();
  } finally {
    await rm(root, { recursive: true });
  }
});
