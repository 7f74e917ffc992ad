import assert from "node:assert/strict";
import { NO_OFFSET, type RemoteBrokerOffsetStore } from "../../../src/remote/mod.ts";
import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { EACH, GROUP, isVersion4, queueOf, QUEUES, refusal, storeOn, TOPIC } from "./ground.ts";
import { consume, produce, progress } from "../java_clients.ts";

async function readAll(store: RemoteBrokerOffsetStore, broker: RealBroker): Promise<bigint[]> {
  return await Promise.all(QUEUES.map((id) => store.read(queueOf(broker, id), "store")));
}

/** Writes and reads of the store, compared with mqadmin and a Java consumer. */
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
}
