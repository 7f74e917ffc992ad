import assert from "node:assert/strict";
import { NO_OFFSET, type RemoteBrokerOffsetStore } from "../../../src/remote/mod.ts";
import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { EACH, GROUP, isVersion4, queueOf, QUEUES, refusal, storeOn, TOPIC } from "./ground.ts";
import { consume, produce, progress } from "./java_clients.ts";

const INT64_MAX = 2n ** 63n - 1n;

async function readAll(store: RemoteBrokerOffsetStore, broker: RealBroker): Promise<bigint[]> {
  return await Promise.all(QUEUES.map((id) => store.read(queueOf(broker, id), "store")));
}

/** What the store writes and reads, beside mqadmin and a Java consumer. */
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
