/** What is looked at on a real broker, in an order in which each check finds what it needs. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BrokerAnswerError,
  type MessageQueue,
  NO_OFFSET,
  RemoteBrokerOffsetStore,
  type RemoteOptions,
  RemotePersistError,
} from "../../../src/remote/mod.ts";
import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { CREDENTIALS } from "./access.ts";
import { consume, produce, progress } from "./java_clients.ts";

const TOPIC = "orders";
const GROUP = "orders-group";
const QUEUES = [0, 1, 2, 3];
/** How many messages each queue gets. */
const EACH = 10;
const INT64_MAX = 2n ** 63n - 1n;

const isVersion4 = (broker: RealBroker) => broker.version.startsWith("4.");

function storeOn(broker: RealBroker, more: Partial<RemoteOptions> = {}): RemoteBrokerOffsetStore {
  return new RemoteBrokerOffsetStore({ group: GROUP, nameServers: [broker.nameServer], ...more });
}

const queueOf = (broker: RealBroker, queueId: number): MessageQueue => ({
  topic: TOPIC,
  brokerName: broker.name,
  queueId,
});

async function readAll(store: RemoteBrokerOffsetStore, broker: RealBroker): Promise<bigint[]> {
  return await Promise.all(QUEUES.map((id) => store.read(queueOf(broker, id), "store")));
}

/** What a broker answers to a persist that it refuses. */
async function refusal(store: RemoteBrokerOffsetStore): Promise<BrokerAnswerError> {
  const error = await store.persist().then(() => undefined, (reason) => reason);
  assert.ok(error instanceof RemotePersistError, `it was not refused: ${error}`);
  const [failure] = error.failures;
  assert.ok(failure.error instanceof BrokerAnswerError, failure.error.message);
  return failure.error;
}

/** The file to which the broker writes its offsets from time to time. */
async function flushed(broker: RealBroker, queueId: number): Promise<string | undefined> {
  const file = join(broker.folder, "store", "config", "consumerOffset.json");
  const text = await readFile(file, "utf8").catch(() => "");
  // In this file keys are numbers without quotation marks.
  const table = text.match(new RegExp(`"${TOPIC}@${GROUP}":\\s*\\{([^}]*)\\}`))?.[1];
  return table?.match(new RegExp(`(?:^|[,\\s])"?${queueId}"?\\s*:\\s*(\\d+)`))?.[1];
}

export async function checkStore(checks: Checks, broker: RealBroker): Promise<void> {
  const mq = queueOf(broker, 0);
  const address = ["-b", broker.address];
  await broker.admin("updateTopic", [...address, "-t", TOPIC, "-r", "4", "-w", "4"]);
  await produce(broker, TOPIC, QUEUES.length * EACH);

  await checks.run("a group that is new", async () => {
    await using store = storeOn(broker, { group: "new-group" });
    const offset = await store.read(mq, "store");
    // Version 4 cannot tell; see docs/remote.md.
    assert.equal(offset, isVersion4(broker) ? 0n : NO_OFFSET);
    return `reads ${offset}`;
  });

  await checks.run("a group without a consumer", async () => {
    await using store = storeOn(broker, { group: "another-group" });
    store.update(mq, 1n, true);
    if (isVersion4(broker)) {
      await store.persist();
      assert.equal(await store.read(mq, "store"), 1n);
      return "accepted";
    }
    const { code } = await refusal(store);
    assert.equal(code, 26);
    store.remove(mq);
    return `refused with ${code}`;
  });

  await checks.run("what a Java consumer left", async () => {
    const { count } = await consume(broker, TOPIC, GROUP, QUEUES.length * EACH);
    assert.equal(count, QUEUES.length * EACH);
    await using store = storeOn(broker);
    const offsets = await readAll(store, broker);
    assert.deepEqual(offsets, QUEUES.map(() => BigInt(EACH)));
    return `reads ${offsets.join(" ")}`;
  });

  const positions = [3n, 5n, 0n, 7n];
  await checks.run("what mqadmin shows", async () => {
    await using store = storeOn(broker);
    QUEUES.forEach((id) => store.update(queueOf(broker, id), positions[id], false));
    await store.persist();
    const shown = await progress(broker, GROUP, TOPIC);
    assert.deepEqual(QUEUES.map((id) => shown.get(id)), positions);
    return positions.join(" ");
  });

  await checks.run("where a Java consumer resumes", async () => {
    const left = positions.reduce((sum, position) => sum + EACH - Number(position), 0);
    const { count, first } = await consume(broker, TOPIC, GROUP, left);
    assert.deepEqual(QUEUES.map((id) => BigInt(first.get(id)!)), positions);
    assert.equal(count, left);
    return `${positions.join(" ")}, ${count} messages`;
  });

  await checks.run("an int64 is exact", async () => {
    await using store = storeOn(broker);
    for (const offset of [2n ** 53n + 1n, INT64_MAX]) {
      store.update(mq, offset, false);
      await store.persist();
      assert.equal(await store.read(mq, "store"), offset);
      assert.equal((await progress(broker, GROUP, TOPIC)).get(0), offset);
    }
    store.update(mq, 3n, false);
    return String(INT64_MAX);
  });

  await checks.run("ten persists at once", async () => {
    await using store = storeOn(broker);
    for (let round = 0n; round < 200n; round++) {
      const persists = [];
      for (let i = 1n; i <= 10n; i++) {
        store.update(mq, round * 10n + i, false);
        persists.push(store.persist());
      }
      await Promise.all(persists);
      assert.equal(await store.read(mq, "store"), round * 10n + 10n);
    }
    return "the last one stays, 200 times";
  });

  await checks.run("updates one way", async () => {
    await using store = storeOn(broker, { oneWay: true });
    store.update(mq, 4n, false);
    await store.persist();
    let reads = 1;
    while (await store.read(mq, "store") !== 4n) assert.ok(++reads < 1000, "it never arrived");
    return `arrived`;
  });

  await checks.run("TLS with the test certificate", async () => {
    await using store = storeOn(broker, { tls: { verify: false } });
    assert.equal(await store.read(mq, "store"), 4n);
    await using strict = storeOn(broker, { tls: true, timeoutMs: 2000 });
    await assert.rejects(strict.read(mq, "store"), { name: "BrokerUnreachableError" });
    return "read; refused if checked";
  });
}

export async function checkCrashes(checks: Checks, broker: RealBroker): Promise<void> {
  const mq = queueOf(broker, 1);
  const store = storeOn(broker, { timeoutMs: 60_000 });

  await checks.run("acknowledged, then killed", async () => {
    store.update(mq, 6n, false);
    await store.persist();
    while (await flushed(broker, 1) !== "6") {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    store.update(mq, 8n, false);
    await store.persist();
    assert.equal(await store.read(mq, "store"), 8n);
    await broker.end("broker", "SIGKILL");
    await broker.start("broker");
    const offset = await store.read(mq, "store");
    // It wrote 8 if its timer came in between.
    assert.ok(offset === 6n || offset === 8n, String(offset));
    return offset === 6n ? "8 was rolled back to 6" : "8 was flushed in time";
  });

  await checks.run("the next persist", async () => {
    await store.persist();
    assert.equal(await store.read(mq, "store"), 8n);
    assert.equal((await progress(broker, GROUP, TOPIC)).get(1), 8n);
    return "8 is there again";
  });

  await checks.run("a persist while it is away", async () => {
    await broker.end("broker", "SIGKILL");
    store.update(mq, 9n, false);
    const persisted = store.persist();
    // Should a check before its end fail, nobody waits for it.
    persisted.catch(() => {});
    await using impatient = storeOn(broker, { timeoutMs: 500 });
    await assert.rejects(impatient.read(mq, "store"), { name: /BrokerUnreachable|Route/ });
    await broker.start("broker");
    await persisted;
    assert.equal(await store.read(mq, "store"), 9n);
    return "waited for it";
  });

  await checks.run("a shutdown in order", async () => {
    store.update(mq, 2n, false);
    await store.persist();
    await broker.end("broker", "SIGTERM");
    await broker.start("broker");
    assert.equal(await store.read(mq, "store"), 2n);
    return "2 was kept";
  });

  await checks.run("a Java consumer after all that", async () => {
    QUEUES.forEach((id) => store.update(queueOf(broker, id), 2n, false));
    await store.close();
    const left = QUEUES.length * (EACH - 2);
    const { count, first } = await consume(broker, TOPIC, GROUP, left);
    assert.deepEqual(QUEUES.map((id) => first.get(id)), [2, 2, 2, 2]);
    assert.equal(count, left);
    return `resumes at 2, ${count} messages`;
  });

  // Version 4 resets only what a consumer is there for, and asks that consumer to do it.
  if (isVersion4(broker)) return;
  await checks.run("an operator's reset", async () => {
    await using again = storeOn(broker);
    again.update(mq, 9n, false);
    await broker.admin("resetOffsetByTime", ["-g", GROUP, "-t", TOPIC, "-s", "0"]);
    const { code, remark } = await refusal(again);
    assert.equal(code, 0);
    again.remove(mq);
    assert.equal(await again.read(mq, "memory-then-store"), 0n);
    const { count } = await consume(broker, TOPIC, GROUP, QUEUES.length * EACH);
    assert.equal(count, QUEUES.length * EACH);
    again.update(mq, 9n, true);
    await again.persist();
    assert.equal(await again.read(mq, "store"), 9n);
    return `refused: ${remark}`;
  });
}

export async function checkAccess(checks: Checks, broker: RealBroker): Promise<void> {
  // A topic of the broker's own, so that no tool needs a key to make one.
  const mq = { topic: "SELF_TEST_TOPIC", brokerName: broker.name, queueId: 0 };
  await checks.run("signed requests", async () => {
    await using store = storeOn(broker, { credentials: CREDENTIALS });
    return `reads ${await store.read(mq, "store")}`;
  });
  for (
    const [check, credentials] of [
      ["requests without a signature", undefined],
      ["requests with a wrong one", { ...CREDENTIALS, secretKey: "wrong" }],
    ] as const
  ) {
    await checks.run(check, async () => {
      await using store = storeOn(broker, credentials && { credentials });
      const error = await store.read(mq, "store").then(() => undefined, (reason) => reason);
      assert.ok(error instanceof BrokerAnswerError, `it was not refused: ${error}`);
      return `refused with ${error.code}`;
    });
  }
}

export async function measure(checks: Checks, broker: RealBroker): Promise<void> {
  await checks.run("what a persist takes", async () => {
    const one = storeOn(broker);
    const mq = queueOf(broker, 0);
    const persist = async (offset: bigint) => {
      one.update(mq, offset, false);
      await one.persist();
    };
    for (let i = 1n; i <= 300n; i++) await persist(i);
    const began = performance.now();
    for (let i = 1n; i <= 500n; i++) await persist(i);
    const each = (performance.now() - began) / 500;
    // The broker does not check that these queues exist.
    for (let id = 0; id < 1000; id++) one.update(queueOf(broker, id), 1n, false);
    const many = performance.now();
    await one.persist();
    const all = performance.now() - many;
    await one.close();
    return `${each.toFixed(2)} ms for 1 queue, ${Math.round(all)} ms for 1000`;
  });
}
