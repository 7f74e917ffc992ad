import assert from "node:assert/strict";
import { test } from "node:test";
import {
  RemoteBrokerOffsetStore,
  type RemoteOptions,
  RemotePersistError,
  RemoteStoreClosedError,
} from "../../../src/remote/mod.ts";
import { at, FakeCluster, GROUP, QUERY, UPDATE } from "../../support/fake_cluster.ts";
import { until } from "../../support/until.ts";

const storeOn = (cluster: FakeCluster, more: Partial<RemoteOptions> = {}) =>
  new RemoteBrokerOffsetStore({
    group: GROUP,
    nameServers: [cluster.nameServer.address],
    ...more,
  });

async function assertClosed(store: RemoteBrokerOffsetStore): Promise<void> {
  const refused = { name: "RemoteStoreClosedError", group: GROUP };
  assert.throws(() => store.update(at(0), 1n, true), refused);
  assert.throws(() => store.remove(at(0)), refused);
  await assert.rejects(store.read(at(0), "memory"), refused);
  await assert.rejects(store.persist(), refused);
}

test("remote close: it persists a last time and closes the connections", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  const closed = store.close();
  assert.equal(store.close(), closed);
  await Promise.all([closed, store.persist()]);
  assert.equal(cluster.get(at(0)), 5n);
  await assertClosed(store);
  await store.close();
  store.abandon();
  await until(() => cluster.broker().openConnections + cluster.nameServer.openConnections === 0);
});

test("remote close: without anything to write it needs no broker", async () => {
  const store = new RemoteBrokerOffsetStore({ group: GROUP, nameServers: ["127.0.0.1:1"] });
  await store.close();
  await assertClosed(store);
});

test("remote close: an update during the last persist is taken or dropped, and throws nothing", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  cluster.intercept = ({ code }) => {
    if (code === UPDATE) store.update(at(0), 6n, true);
    return undefined;
  };
  await store.close();
  assert.equal(cluster.get(at(0)), 5n);
});

test("remote close: what is persisted while it closes is sent, or that call fails", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  let late: Promise<void> | undefined;
  cluster.intercept = async ({ code }) => {
    if (code === UPDATE && late === undefined) {
      store.update(at(0), 6n, true);
      late = store.persist();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return undefined;
  };
  await store.close();
  await late;
  assert.equal(cluster.get(at(0)), 6n);
});

test("remote close: it waits for the calls that are under way", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  let answered = false;
  cluster.intercept = async ({ code }) => {
    if (code !== QUERY) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 30));
    answered = true;
    return undefined;
  };
  cluster.set(at(1), 9n);
  const read = store.read(at(1), "store");
  store.update(at(0), 5n, true);
  await store.close();
  assert.ok(answered);
  assert.equal(await read, 9n);
});

test("remote close: one that fails leaves a store that can be used and closed again", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  cluster.intercept = ({ code }) => code === UPDATE ? { code: 1, remark: "broken" } : undefined;
  await assert.rejects(store.close(), RemotePersistError);
  store.update(at(0), 6n, true);
  cluster.intercept = () => undefined;
  await store.close();
  assert.equal(cluster.get(at(0)), 6n);
});

test("remote abandon: calls that are under way reject at once, and nothing is sent after it", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  cluster.intercept = ({ code }) => code === UPDATE ? "silence" : undefined;
  for (const queueId of [0, 1]) store.update(at(queueId), 5n, true);
  const calls = [store.persist(), store.close()];
  await until(() => cluster.requests(UPDATE).length === 2);
  store.abandon();
  for (const each of calls) {
    await assert.rejects(
      each,
      (error: Error) =>
        (error instanceof RemotePersistError ? error.cause : error) instanceof
          RemoteStoreClosedError,
    );
  }
  await assertClosed(store);
  await store.close();
  await until(() => cluster.broker().openConnections === 0);
  assert.equal(cluster.requests(UPDATE).length, 2);
});

test("remote abandon: it ends a call that waits for a broker that is away", async () => {
  await using cluster = await FakeCluster.start();
  await cluster.broker().stop();
  const store = storeOn(cluster, { timeoutMs: 2 ** 31 - 1 });
  store.update(at(0), 5n, true);
  const persisted = assert.rejects(store.persist(), RemoteStoreClosedError);
  await until(() => cluster.nameServer.requests.length > 1);
  store.abandon();
  await persisted;
});

test("remote dispose: a block that ends closes the store, and abandons it if that fails", async () => {
  await using cluster = await FakeCluster.start();
  let kept: RemoteBrokerOffsetStore | undefined;
  const use = async () => {
    await using store = storeOn(cluster);
    kept = store;
    store.update(at(0), 5n, true);
  };
  await use();
  assert.equal(cluster.get(at(0)), 5n);
  cluster.intercept = ({ code }) => code === UPDATE ? { code: 1 } : undefined;
  await assert.rejects(use(), RemotePersistError);
  await assertClosed(kept!);
  await until(() => cluster.broker().openConnections === 0);
});
