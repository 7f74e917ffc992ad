import assert from "node:assert/strict";
import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { progress } from "../java_clients.ts";
import { GROUP, queueOf, storeOn, TOPIC } from "./ground.ts";

const INT64_MAX = 2n ** 63n - 1n;

/** Great numbers, many requests at once, requests without an answer, and TLS. */
export async function checkProtocol(checks: Checks, broker: RealBroker): Promise<void> {
  const mq = queueOf(broker, 0);

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
