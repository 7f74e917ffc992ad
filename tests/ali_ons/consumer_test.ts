/** How a consumer uses the store: what it reads, when it updates, and what comes again. */
import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { OffsetTable, serialize } from "../../mod.ts";
import type { Message } from "./fake_broker.ts";
import { type Consumer, queue, Setup, TOPIC, turns, until } from "./setup.ts";

const readMemory = (consumer: Consumer): Promise<number> =>
  consumer._offsetStore.readOffset({ ...queue(0), key: "" }, "READ_FROM_MEMORY");

for (const end of ["close", "kill"] as const) {
  test(`ali-ons: offset 0 is kept through a ${end}: what comes meanwhile is handled`, async () => {
    await using setup = await Setup.make(1);
    const first = setup.consumer({ persistEachMessage: true });
    first.subscribe(TOPIC, "*", async () => {});
    await first.ready();
    // The queue has no message yet, and no pull of it has been answered.
    if (end === "close") await first.close();
    else await until(async () => 0 in await setup.durable(), "the first offset");
    first.kill();
    assert.deepEqual(await setup.durable(), { 0: 0 });

    for (let i = 0; i < 12; i++) setup.broker.send(TOPIC, 0, String(i));
    const handled: string[] = [];
    const second = setup.consumer();
    second.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
    await until(() => handled.length === 12, "twelve messages");
    assert.deepEqual(handled, Array.from({ length: 12 }, (_, i) => String(i)));
  });
}

for (
  const [begun, held, expected] of [
    [5, undefined, { 0: 5 }],
    [5, 7, { 0: 7 }],
    [-1, undefined, {}],
    [-1, 7, { 0: 7 }],
  ] as const
) {
  test(`ali-ons: a queue that is begun at ${begun} while memory holds ${held}`, async () => {
    await using setup = await Setup.make(1);
    const consumer = setup.consumer();
    await consumer.ready();
    const store = consumer._offsetStore;
    if (held !== undefined) store.updateOffset({ ...queue(0), key: "" }, held);
    // The class that was passed in decides.
    consumer.begunAt = begun;
    assert.equal(await consumer.computePullFromWhere({ ...queue(0), key: "" }), begun);
    await consumer.close();
    assert.deepEqual(await setup.durable(), expected);
  });
}

test("ali-ons: a read that comes before load() waits for the opening", async () => {
  await using setup = await Setup.make(2);
  await setup.write("offset.json", serialize(OffsetTable.from([[queue(0), 2], [queue(1), 1]])));
  for (const id of [0, 1]) for (let i = 0; i < 3; i++) setup.broker.send(TOPIC, id, `${id}:${i}`);
  const handled: string[] = [];
  const consumer = setup.consumer();
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  await until(() => handled.length === 3, "three messages");
  await turns(5);
  assert.deepEqual(handled.sort(), ["0:2", "1:1", "1:2"]);
});

test("ali-ons: close() keeps the offset of held messages that it skips", async () => {
  await using setup = await Setup.make(2);
  for (let i = 0; i < 420; i++) setup.broker.send(TOPIC, i % 2, String(i));
  const handled = new Map<string, number>();
  let closed: Promise<void> | undefined;
  const handle = async ({ body }: Message) => {
    await turns(1);
    handled.set(body, (handled.get(body) ?? 0) + 1);
    if (handled.size === 100) closed = first.close();
  };
  const first = setup.consumer({}, {
    consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
    // Time enough to skip all messages that are held.
    unregister: () => turns(1000),
  });
  first.subscribe(TOPIC, "*", handle);
  await until(() => closed !== undefined, "a hundred messages");
  await closed;
  assert.equal(handled.size, 100);

  const second = setup.consumer({}, { consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET" });
  second.subscribe(TOPIC, "*", handle);
  await until(() => handled.size === 420, "all messages");
  await turns(10);
  assert.deepEqual([...handled.values()].filter((times) => times !== 1), []);
});

test("ali-ons: close() waits for the handlers that are running, and records their messages", async () => {
  await using setup = await Setup.make(1);
  for (let i = 0; i < 10; i++) setup.broker.send(TOPIC, 0, String(i));
  const begun: string[] = [];
  const end = Promise.withResolvers<void>();
  const consumer = setup.consumer({}, {
    consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
    parallelConsumeLimit: 3,
  });
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => {
    begun.push(body);
    await end.promise;
  });
  await until(() => begun.length === 3, "three messages");
  const closed = consumer.close();
  assert.equal(consumer.close(), closed);
  await turns(10);
  end.resolve();
  await closed;
  assert.deepEqual(await setup.durable(), { 0: 3 });
  assert.deepEqual(begun, ["0", "1", "2"]);
});

test("ali-ons: close() does not wait longer than told; that message and those held come again", async () => {
  await using setup = await Setup.make(1);
  for (let i = 0; i < 10; i++) setup.broker.send(TOPIC, 0, String(i));
  const begun: string[] = [];
  const end = Promise.withResolvers<void>();
  const consumer = setup.consumer({ drainTimeoutMs: 0 }, {
    consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
    // The handler ends only now, and all messages that are held are skipped.
    unregister: async () => {
      end.resolve();
      await turns(10);
    },
  });
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => {
    begun.push(body);
    if (body === "1") await end.promise;
  });
  await until(() => begun.length === 2, "two messages");
  await consumer.close();
  assert.deepEqual([begun, await setup.durable()], [["0", "1"], { 0: 1 }]);
});

test("ali-ons: with persistEachMessage, a handler begins when what came before it is durable", async () => {
  await using setup = await Setup.make(2);
  for (let i = 0; i < 20; i++) setup.broker.send(TOPIC, i % 2, String(i));
  const handled = [0, 0];
  const consumer = setup.consumer({ persistEachMessage: true, journal: false }, {
    consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
  });
  consumer.subscribe(TOPIC, "*", async ({ queueId }: Message) => {
    const durable = await setup.durable();
    assert.deepEqual([durable[0] ?? 0, durable[1] ?? 0], handled);
    handled[queueId]++;
  });
  await until(() => handled[0] + handled[1] === 20, "twenty messages");
  assert.deepEqual(consumer.errors, []);
});

test("ali-ons: an offset that the broker refuses is replaced, even by a lower one", async () => {
  await using setup = await Setup.make(1);
  await setup.write("offset.json", serialize(OffsetTable.from([[queue(0), 7]])));
  setup.broker.send(TOPIC, 0, "a");
  const consumer = setup.consumer();
  consumer.subscribe(TOPIC, "*", async () => {});
  await consumer.ready();
  await until(() => readMemory(consumer).then((offset) => offset === 1), "the lower offset");
  await consumer.close();
  assert.deepEqual(await setup.durable(), { 0: 1 });
});

test("ali-ons: a queue that leaves and comes back goes on where it was", async () => {
  await using setup = await Setup.make(2);
  const handled: string[] = [];
  const consumer = setup.consumer({}, { consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET" });
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  await consumer.ready();
  setup.broker.send(TOPIC, 1, "a");
  await until(() => handled.length === 1, "the first");
  setup.broker.setQueues(TOPIC, 1);
  await turns(2);
  await consumer.rebalance();
  setup.broker.setQueues(TOPIC, 2);
  setup.broker.send(TOPIC, 1, "b");
  await consumer.rebalance();
  await until(() => handled.length === 2, "the second");
  assert.deepEqual([handled, consumer.logged], [["a", "b"], []]);
});

test("ali-ons: the file lies where the client id and the group say", async () => {
  await using setup = await Setup.make(1);
  const consumer = setup.consumer({}, { clientId: "10.0.0.7@orders-1", consumerGroup: "ns%g" });
  consumer.subscribe(TOPIC, "*", async () => {});
  await consumer.ready();
  await turns(5);
  await consumer.close();
  assert.ok((await stat(join(setup.root, "10.0.0.7@orders-1", "ns%g", "offset.json"))).isFile());
});
