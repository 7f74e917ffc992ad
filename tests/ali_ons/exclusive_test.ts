/** The lock that a consumer holds: two processes with one client id and group exclude each other. */
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { OffsetLockError } from "../../mod.ts";
import { LocalOffsetsError } from "../../src/ali_ons/mod.ts";
import { FaultyFileSystem } from "../support/faulty_file_system.ts";
import type { Message } from "./fake_broker.ts";
import { type AdapterOptions, type Consumer, Setup, TOPIC, until } from "./setup.ts";

const LOCK = "offset.json.lock";
/** As it is by default. */
const LOCKED: AdapterOptions = { exclusive: undefined };

async function start(setup: Setup, options: AdapterOptions = {}): Promise<Consumer> {
  const from = { consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET" } as const;
  const consumer = setup.consumer({ ...LOCKED, ...options }, from);
  consumer.subscribe(TOPIC, "*", async (_: Message) => {});
  await consumer.ready();
  return consumer;
}

/** The cause of an error about the offsets, which is the lock of another process. */
function lockErrorOf(error: unknown): OffsetLockError {
  assert.ok(error instanceof LocalOffsetsError, String(error));
  assert.match(
    error.message,
    /Another process uses the same client id and group\. .*"instanceName"/,
  );
  assert.ok(error.cause instanceof OffsetLockError);
  return error.cause;
}

test("ali-ons: the second process with one client id is refused, until the first is closed", async () => {
  await using setup = await Setup.make(1);
  const first = await start(setup);
  await assert.rejects(start(setup), (error) => {
    const { state, pid } = lockErrorOf(error);
    assert.deepEqual([state, pid], ["held", process.pid]);
    return true;
  });
  setup.broker.send(TOPIC, 0, "a");
  await until(async () => {
    await first.persistConsumerOffset();
    return (await setup.durable())[0] === 1;
  }, "the offset");
  await first.close();
  assert.deepEqual(first.errors, []);
  await (await start(setup)).close();
});

test("ali-ons: a consumer whose lock was taken over writes nothing, and can be closed", async () => {
  await using setup = await Setup.make(1);
  const consumer = await start(setup);
  await consumer.persistConsumerOffset();
  const before = await setup.text("offset.json");
  await rm(setup.path(LOCK));
  await writeFile(setup.path(LOCK), "exclusive 1\n");
  setup.broker.send(TOPIC, 0, "a");
  await until(async () => {
    await consumer.persistConsumerOffset();
    return consumer.errors.length > 0;
  }, "the error");
  assert.equal(lockErrorOf(consumer.errors[0]).state, "lost");
  await assert.rejects(consumer.close(), (error) => lockErrorOf(error).state === "lost");
  await consumer.close();
  assert.equal(await setup.text("offset.json"), before);
  assert.equal(await setup.text(LOCK), "exclusive 1\n");
});

test("ali-ons: a start that cannot make its import durable leaves no lock and no file", async () => {
  await using setup = await Setup.make(1);
  for (let i = 0; i < 4; i++) setup.broker.send(TOPIC, 0, "");
  const key = `[topic="${TOPIC}", brokerName="broker-a", queueId="0"]`;
  await setup.write("offsets.json", JSON.stringify({ offsetTable: { [key]: 4 } }));
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "rename", code: "ENOSPC" }];
  await assert.rejects(start(setup, { fileSystem: faulty.fileSystem }), LocalOffsetsError);
  assert.deepEqual(await setup.durable(), {});
  await assert.rejects(setup.text(LOCK), { code: "ENOENT" });
  await (await start(setup)).close();
  assert.deepEqual(await setup.durable(), { 0: 4 });
});
