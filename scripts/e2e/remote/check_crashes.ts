import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RemoteBrokerOffsetStore } from "../../../src/remote/mod.ts";
import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { EACH, GROUP, isVersion4, queueOf, QUEUES, refusal, storeOn, TOPIC } from "./ground.ts";
import { consume, progress } from "../java_clients.ts";

/** The file to which the broker writes its offsets from time to time. */
async function flushed(broker: RealBroker, queueId: number): Promise<string | undefined> {
  const file = join(broker.folder, "store", "config", "consumerOffset.json");
  const text = await readFile(file, "utf8").catch(() => "");
  // In this file keys are numbers without quotation marks.
  const table = text.match(new RegExp(`"${TOPIC}@${GROUP}":\\s*\\{([^}]*)\\}`))?.[1];
  return table?.match(new RegExp(`(?:^|[,\\s])"?${queueId}"?\\s*:\\s*(\\d+)`))?.[1];
}

/** Offsets after the broker is killed, and in a full run after a shutdown or an operator's reset. */
export async function checkCrashes(
  checks: Checks,
  broker: RealBroker,
  slice: boolean,
): Promise<void> {
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

  if (!slice) await checkAbsences(checks, broker, store);

  await checks.run("a Java consumer after all that", async () => {
    QUEUES.forEach((id) => store.update(queueOf(broker, id), 2n, false));
    await store.close();
    const left = QUEUES.length * (EACH - 2);
    const { count, first } = await consume(broker, TOPIC, GROUP, left);
    assert.deepEqual(QUEUES.map((id) => first.get(id)), [2, 2, 2, 2]);
    assert.equal(count, left);
    return `resumes at 2, ${count} messages`;
  });

  // Version 4 resets only queues with a live consumer, and asks that consumer to do it.
  if (slice || isVersion4(broker)) return;
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

/** The broker is away for a while, killed and then shut down in order. */
async function checkAbsences(
  checks: Checks,
  broker: RealBroker,
  store: RemoteBrokerOffsetStore,
): Promise<void> {
  const mq = queueOf(broker, 1);

  await checks.run("a persist while it is away", async () => {
    await broker.end("broker", "SIGKILL");
    store.update(mq, 9n, false);
    const persisted = store.persist();
    // If an earlier check fails, nothing awaits this promise.
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
}
