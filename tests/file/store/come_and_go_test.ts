/** Queues that come and go while commits run and fail: no slot is lost, and none is mixed up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import type { MessageQueue, OffsetTable } from "../../../mod.ts";
import type { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { storeOf } from "../../../src/file/store/local_file_offset_store.ts";
import { openFiles } from "../../../src/file/store/open_files.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const QUEUES = 8;
/** Topics of their own and one in common. */
const queueOf = (id: number): MessageQueue => ({
  topic: id < 5 ? `t${id}` : "t",
  brokerName: "b",
  queueId: id,
});

/** An offset tells its queue, so that a slot that is mixed up shows. */
const offsetOf = (id: number, count: number) => BigInt(id + QUEUES * count);

const id = fc.nat(QUEUES - 1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ is: fc.constant("update" as const), id, rises: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ is: fc.constant("remove" as const), id }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("delete" as const), id }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("freeze" as const), id }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("read" as const), id }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant("persist" as const) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("turn" as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("settle" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant("fail" as const),
      call: fc.constantFrom("create", "rename", "write", "syncData"),
      after: fc.boolean(),
    }),
  },
);

function assertOwnOffsets(table: OffsetTable): void {
  for (const [mq, offset] of table) {
    assert.equal(Number(offset) % QUEUES, mq.queueId, `${mq.queueId} has an offset of its own`);
  }
}

function taken(index: QueueIndex): number[] {
  return Array.from({ length: index.size }, (_, slot) => slot).filter((slot) =>
    index.isTaken(slot)
  );
}

for (const journal of [false, true]) {
  test(`queues come and go${journal ? ", with a journal" : ""}, and only what is held keeps a slot`, async () => {
    let [gone, failures] = [0, 0];
    await check(
      fc.asyncProperty(fc.array(step, { maxLength: 50, size: "max" }), async (steps) => {
        await using at = await StoreDirectory.make();
        const faulty = new FaultyFileSystem();
        const options = {
          clientId: "client",
          group: "group",
          root: at.root,
          journal,
          durability: "relaxed" as const,
          fileSystem: faulty.fileSystem,
        };
        const files = await openFiles(options);
        const { known } = files.committer;
        const store = storeOf(files, options);
        let running: Promise<unknown>[] = [];
        let count = 0;
        const settle = async () => {
          const ended = await Promise.allSettled(running);
          failures += ended.filter(({ status }) => status === "rejected").length;
          running = [];
          const memory = store.snapshot();
          assertOwnOffsets(memory);
          const files = known.expected;
          files.forEach(assertOwnOffsets);
          const dirty = [...memory].filter(([mq, offset]) => known.table.get(mq) !== offset);
          assert.equal(store.status().dirtyQueues, dirty.length);
          const { index } = known;
          const held = taken(index).filter((slot) => {
            const mq = index.queueAt(slot);
            return memory.has(mq) || files.some((table) => table.has(mq));
          });
          assert.deepEqual(taken(index), held, "nothing that is gone keeps a slot");
          gone += index.size - held.length;
        };
        for (const each of steps) {
          if (each.is === "update") {
            store.update(queueOf(each.id), offsetOf(each.id, ++count), each.rises);
          } else if (each.is === "freeze") {
            store.updateAndFreeze(queueOf(each.id), offsetOf(each.id, ++count));
          } else if (each.is === "remove") store.remove(queueOf(each.id));
          else if (each.is === "delete") running.push(store.deleteDurable(queueOf(each.id)));
          else if (each.is === "read") {
            running.push(store.read(queueOf(each.id), "memory-then-store"));
          } else if (each.is === "persist") running.push(store.persist());
          else if (each.is === "turn") await setImmediate();
          else if (each.is === "settle") await settle();
          else {
            const { call, after } = each;
            faulty.faults = [{ when: ({ name }) => name === call, code: "EIO", after, once: true }];
          }
          // A rejection is looked at later.
          running.at(-1)?.catch(() => {});
        }
        await settle();
        faulty.faults = [];
        await store.persist();
        // The doubt is over now.
        store.remove({ topic: "never", brokerName: "b", queueId: 0 });
        await settle();
        assert.ok((await at.table().catch(() => known.table)).size <= QUEUES);
        const table = known.table;
        await store.close();
        await using again = await at.open();
        assert.ok(again.snapshot().equals(table), "the file holds what the store knows");
      }),
      { numRuns: 60 },
    );
    assert.ok(gone > 20 && failures > 10, `${gone} slots were free, ${failures} commits failed`);
  });
}

test("D1 D2 an unknown queue takes no slot by being removed, deleted or read", async () => {
  await using at = await StoreDirectory.make();
  const options = { clientId: "client", group: "group", root: at.root };
  const files = await openFiles(options);
  const { index } = files.committer.known;
  const store = storeOf(files, options);
  for (let i = 0; i < 20; i++) {
    store.remove(queueOf(i));
    await store.deleteDurable(queueOf(i));
    await store.read(queueOf(i), "store");
    await store.read(queueOf(i), "memory-then-store");
  }
  assert.equal(index.size, 0);
  await store.close();
});

test("D1 only the queues of one time have slots, however many come and go", async () => {
  await using at = await StoreDirectory.make();
  const options = {
    clientId: "client",
    group: "group",
    root: at.root,
    durability: "relaxed" as const,
  };
  const files = await openFiles(options);
  const { index } = files.committer.known;
  const store = storeOf(files, options);
  for (let i = 0; i < 5000; i++) {
    const mq = { topic: `reply-${i}`, brokerName: "b", queueId: 0 };
    store.update(mq, 1n, true);
    if (i % 1000 === 0) continue;
    store.remove(mq);
    if (i % 500 === 1) await store.persist();
  }
  assert.equal(store.status().queues, 5);
  assert.equal(index.size, 6);
  await store.close();
});

test("P4 a queue that only a table in doubt holds keeps its slot until the doubt ends", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const { fileSystem } = faulty;
  const options = { clientId: "client", group: "group", root: at.root, fileSystem };
  const files = await openFiles(options);
  const { index } = files.committer.known;
  const store = storeOf(files, options);
  store.update(queueOf(0), 1n, true);
  faulty.faults = [{ when: ({ name }) => name === "rename", code: "EIO", after: true, once: true }];
  await assert.rejects(store.persist(), { onDisk: "either" });
  store.remove(queueOf(0));
  assert.ok(index.isTaken(0));
  store.update(queueOf(1), 9n, true);
  await store.persist();
  assert.deepEqual(taken(index), [1]);
  assert.equal(index.find(queueOf(0)), undefined);
  await store.close();
});
