/** Errors: of each call its own, none lost, and none that ends the consumption. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalFileOffsetStore, OffsetTable, serialize } from "../../mod.ts";
import type { AliOnsOffsetStore } from "../../src/ali_ons/ali_ons_offset_store.ts";
import { LocalOffsetsError } from "../../src/ali_ons/mod.ts";
import { FaultyFileSystem } from "../support/faulty_file_system.ts";
import type { Message } from "./fake_broker.ts";
import { CLIENT, GROUP, queue, Setup, TOPIC, turns, until } from "./setup.ts";

const FROM_FIRST = { consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET" } as const;
const OWNER = `client ${JSON.stringify(CLIENT)}, group ${JSON.stringify(GROUP)}`;
const PASSED_ON = "MQPushConsumer occurred an error ";

test("ali-ons: a store that cannot be opened fails each read, and ready(), with its own error", async () => {
  await using setup = await Setup.make(3);
  await setup.write("offset.json", "{");
  const consumer = setup.consumer();
  consumer.subscribe(TOPIC, "*", async () => {});
  await assert.rejects(consumer.ready(), (error: Error) => {
    assert.ok(error instanceof LocalOffsetsError);
    assert.equal(error.name, "LocalOffsetsError");
    assert.equal((error.cause as Error).name, "OffsetFileCorruptError");
    assert.ok(
      error.message.includes(`Cannot open the offsets of ${OWNER}: Cannot `),
      error.message,
    );
    return true;
  });
  await until(() => consumer.errors.length === 4, "three reads and the subscription");
  assert.equal(new Set(consumer.errors).size, 4);
  for (const { message } of consumer.errors) {
    assert.equal(message.split(PASSED_ON).length, 2, `changed once: ${message}`);
  }
  // Nothing was opened, so there is nothing that could fail.
  await consumer.close();
  assert.equal(await setup.text("offset.json"), "{");
});

test("ali-ons: a full disk is reported once, until a persist succeeds again", async () => {
  await using setup = await Setup.make(1);
  const faulty = new FaultyFileSystem();
  const consumer = setup.consumer(
    { persistEachMessage: true, journal: false, fileSystem: faulty.fileSystem },
    FROM_FIRST,
  );
  const handled: string[] = [];
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  await consumer.ready();
  const send = async (count: number) => {
    const all = handled.length + count;
    for (let i = 0; i < count; i++) setup.broker.send(TOPIC, 0, "x");
    await until(() => handled.length === all, `${all} messages`);
    await turns(1);
    await (consumer._offsetStore as AliOnsOffsetStore).lastPersist();
  };
  const disk = (isFull: boolean) => {
    faulty.faults = isFull ? [{ when: ({ name }) => name === "create", code: "ENOSPC" }] : [];
  };
  for (const round of [1, 2]) {
    disk(true);
    await send(5);
    await consumer.persistConsumerOffset();
    assert.equal(consumer.errors.length, round);
    disk(false);
    await send(5);
  }
  for (const error of consumer.errors) {
    assert.ok(error.message.startsWith(`${PASSED_ON}Cannot persist the offsets of ${OWNER}: `));
    assert.equal((error.cause as Error).name, "OffsetPersistError");
    assert.ok(
      (error.cause as Error).message.startsWith("Cannot persist"),
      "the cause is unchanged",
    );
  }
  assert.deepEqual([consumer.logged, await setup.durable()], [[], { 0: 20 }]);
});

test("ali-ons: a queue whose offset cannot be persisted is not forgotten when it leaves", async () => {
  await using setup = await Setup.make(2);
  const faulty = new FaultyFileSystem();
  const consumer = setup.consumer({ fileSystem: faulty.fileSystem }, FROM_FIRST);
  const handled: string[] = [];
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  await consumer.ready();
  setup.broker.send(TOPIC, 1, "a");
  await until(() => handled.length === 1, "the message");
  await turns(2);
  faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC" }];
  setup.broker.setQueues(TOPIC, 1);
  await consumer.rebalance();
  assert.ok(consumer.logged[0] instanceof LocalOffsetsError);
  assert.notEqual(consumer.logged[0], consumer.errors[0]);
  faulty.faults = [];
  await consumer.close();
  assert.deepEqual(await setup.durable(), { 0: 0, 1: 1 });
});

test("ali-ons: close() that cannot persist rejects, and can be called again", async () => {
  await using setup = await Setup.make(1);
  const faulty = new FaultyFileSystem();
  const consumer = setup.consumer({ fileSystem: faulty.fileSystem }, FROM_FIRST);
  const handled: string[] = [];
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  setup.broker.send(TOPIC, 0, "a");
  await until(() => handled.length === 1, "the message");
  faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC" }];
  await assert.rejects(consumer.close(), {
    name: "LocalOffsetsError",
    message: /^Cannot persist the offsets of client "127.0.0.1@DEFAULT", group "audit": Cannot /,
  });
  assert.deepEqual(await setup.durable(), {});
  faulty.faults = [];
  await consumer.close();
  assert.deepEqual(await setup.durable(), { 0: 1 });
});

test("ali-ons: close() persists although the broker cannot be reached, and rejects with that", async () => {
  await using setup = await Setup.make(1);
  const gone = new Error("the broker is gone");
  const consumer = setup.consumer({}, { ...FROM_FIRST, unregister: () => Promise.reject(gone) });
  const handled: string[] = [];
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  setup.broker.send(TOPIC, 0, "a");
  await until(() => handled.length === 1, "the message");
  await assert.rejects(consumer.close(), gone);
  assert.deepEqual(await setup.durable(), { 0: 1 });
});

test("ali-ons: close() persists at once, although the broker does not answer", async () => {
  await using setup = await Setup.make(1);
  const answer = Promise.withResolvers<void>();
  const consumer = setup.consumer({}, { ...FROM_FIRST, unregister: () => answer.promise });
  const handled: string[] = [];
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  setup.broker.send(TOPIC, 0, "a");
  await until(() => handled.length === 1, "the message");
  const closed = consumer.close();
  await until(async () => (await setup.durable())[0] === 1, "the offset");
  answer.resolve();
  await closed;
});

test("ali-ons: close() that fails in both ways tells of the offsets", async () => {
  await using setup = await Setup.make(1);
  const faulty = new FaultyFileSystem();
  const gone = new Error("the broker is gone");
  const consumer = setup.consumer({ fileSystem: faulty.fileSystem }, {
    ...FROM_FIRST,
    unregister: () => Promise.reject(gone),
  });
  const handled: string[] = [];
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  setup.broker.send(TOPIC, 0, "a");
  await until(() => handled.length === 1, "the message");
  faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC" }];
  await assert.rejects(consumer.close(), { name: "LocalOffsetsError" });
  faulty.faults = [];
  await assert.rejects(consumer.close(), gone);
  assert.deepEqual(await setup.durable(), { 0: 1 });
});

test("ali-ons: two stores without a lock and with one client id: the error says what to set", async () => {
  await using setup = await Setup.make(1);
  const first = setup.consumer({}, FROM_FIRST);
  const second = setup.consumer({}, FROM_FIRST);
  for (const consumer of [first, second]) {
    consumer.subscribe(TOPIC, "*", async () => {});
    await consumer.ready();
  }
  setup.broker.send(TOPIC, 0, "a");
  await turns(10);
  await first.persistConsumerOffset();
  setup.broker.send(TOPIC, 0, "b");
  await turns(10);
  await second.persistConsumerOffset();
  const [error] = second.errors;
  assert.equal((error.cause as Error).name, "OffsetConflictError");
  assert.match(error.message, /Another process uses the same client id .*"instanceName"/);
  await assert.rejects(second.close(), /"instanceName"/);
  await second.close();
  await first.close();
  assert.deepEqual([first.errors, await setup.durable()], [[], { 0: 2 }]);
});

test("ali-ons: an offset that is none, or a queue that is none, is an error, and nothing ends", async () => {
  await using setup = await Setup.make(1);
  const consumer = setup.consumer({}, FROM_FIRST);
  consumer.subscribe(TOPIC, "*", async () => {});
  await consumer.ready();
  const { _offsetStore: store } = consumer;
  const mq = { ...queue(0), key: "" };
  store.updateOffset(mq, NaN, true);
  store.updateOffset(mq, 2 ** 53, true);
  for (const queueId of ["", "x", "1.5", 2 ** 31]) store.updateOffset({ ...mq, queueId }, 1, true);
  assert.equal(consumer.errors.length, 6);
  for (const { message } of consumer.errors) {
    assert.match(message, /Cannot update the offset of \{/);
  }
  await assert.rejects(store.readOffset(mq, "READ_FROM_NOWHERE"), /Cannot read the offset of \{/);
  await assert.rejects(store.readOffset({ ...mq, queueId: "" }, "READ_FROM_STORE"), {
    name: "LocalOffsetsError",
  });
});

test("ali-ons: an offset that a double cannot hold is an error, not a rounded number", async () => {
  await using setup = await Setup.make(1);
  const most = 2n ** 53n - 1n;
  for (
    const [offset, expected] of [[most, Number(most)], [most + 1n, undefined], [-5n, -1]] as const
  ) {
    await setup.write("offset.json", serialize(OffsetTable.from([[queue(0), offset]])));
    const { _offsetStore: store } = setup.consumer();
    const read = store.readOffset({ ...queue(0), key: "" }, "READ_FROM_STORE");
    if (expected !== undefined) assert.equal(await read, expected);
    else await assert.rejects(read, /"9007199254740992" is greater than 2\^53 - 1/);
  }
});

test("ali-ons: the operator's change while the consumer was away is taken", async () => {
  await using setup = await Setup.make(1);
  for (let i = 0; i < 9; i++) setup.broker.send(TOPIC, 0, String(i));
  const store = await LocalFileOffsetStore.open({
    clientId: CLIENT,
    group: GROUP,
    root: setup.root,
  });
  store.update(queue(0), 6n, false);
  await store.close();
  const handled: string[] = [];
  const consumer = setup.consumer();
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  await until(() => handled.length === 3, "three messages");
  assert.deepEqual(handled, ["6", "7", "8"]);
});
