import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BrokerAnswerError,
  BrokerUnreachableError,
  NO_OFFSET,
  RemoteBrokerOffsetStore,
  type RemoteOptions,
  RemotePersistError,
  RouteError,
} from "../../../src/remote/mod.ts";
import { at, FakeCluster, GROUP, QUERY, UPDATE } from "../../support/fake_cluster.ts";
import { until } from "../../support/until.ts";

const storeOn = (cluster: FakeCluster, more: Partial<RemoteOptions> = {}) =>
  new RemoteBrokerOffsetStore({
    group: GROUP,
    nameServers: [cluster.nameServer.address],
    ...more,
  });

const sent = (cluster: FakeCluster) =>
  cluster.requests(UPDATE).map((
    { fields },
  ) => [Number(fields.queueId), BigInt(fields.commitOffset)]);

/** What a call rejects with. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  assert.fail("it did not fail");
}

async function persistFailure(store: RemoteBrokerOffsetStore): Promise<RemotePersistError> {
  const error = await failure(store.persist());
  assert.ok(error instanceof RemotePersistError, String(error));
  return error;
}

test("P1 remote: a persist sends all queues that have changed, or of those the named ones", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  for (const queueId of [0, 1, 2]) store.update(at(queueId), BigInt(queueId + 10), true);
  await store.persist([]);
  assert.deepEqual(sent(cluster), []);
  await store.persist([at(1), at(1), at(7)]);
  assert.deepEqual(sent(cluster), [[1, 11n]]);
  await store.persist();
  assert.deepEqual(sent(cluster).sort(), [[0, 10n], [1, 11n], [2, 12n]]);
  assert.deepEqual([0, 1, 2].map((queueId) => cluster.get(at(queueId))), [10n, 11n, 12n]);
  const [{ fields }] = cluster.requests(UPDATE);
  assert.deepEqual(fields, {
    ...{ consumerGroup: GROUP, topic: "orders", queueId: "1", bname: "broker-a" },
    commitOffset: "11",
  });
  store.abandon();
});

test("P6 remote: what the broker has acknowledged is not sent again", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  await store.persist();
  store.update(at(0), 5n, false);
  store.update(at(0), 4n, true);
  await store.persist();
  await store.persist([at(0)]);
  await store.close();
  assert.deepEqual(sent(cluster), [[0, 5n]]);
});

test("P2 remote: after the connection is lost, what was acknowledged over it is sent again", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  await store.persist();
  // Killed before it wrote its offsets to the disk, and started again.
  await cluster.broker().stop();
  cluster.offsets.clear();
  await cluster.broker().listen();
  assert.equal(await store.read(at(0), "store"), NO_OFFSET);
  await store.persist();
  assert.equal(cluster.get(at(0)), 5n);
  await store.persist();
  assert.equal(sent(cluster).length, 2);
  store.abandon();
});

test("D1 remote: a removed queue is not sent, and the broker keeps its offset", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  cluster.set(at(0), 3n);
  store.update(at(0), 5n, true);
  store.remove(at(0));
  await store.persist();
  assert.deepEqual(sent(cluster), []);
  assert.equal(await store.read(at(0), "memory"), NO_OFFSET);
  assert.equal(await store.read(at(0), "store"), 3n);
  store.abandon();
});

test("D1 remote: a persist that has begun sends a queue that is removed meanwhile", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  const persisted = store.persist([at(0)]);
  store.remove(at(0));
  await persisted;
  assert.equal(cluster.get(at(0)), 5n);
  store.abandon();
});

test("P5 remote: two updates of a queue are never under way together, and the last one stays", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  let running = 0;
  cluster.intercept = async ({ code }) => {
    if (code !== UPDATE) return undefined;
    assert.equal(++running, 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running--;
    return undefined;
  };
  const persists = [];
  for (let offset = 1n; offset <= 10n; offset++) {
    store.update(at(0), offset, false);
    persists.push(store.persist());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(persists);
  assert.equal(cluster.get(at(0)), 10n);
  assert.ok(sent(cluster).length <= 10);
  store.abandon();
});

test("P5 remote: persists that wait for the same queue share what is sent", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 1n, true);
  await Promise.all([1, 2, 3].map(() => store.persist()));
  assert.deepEqual(sent(cluster), [[0, 1n]]);
  store.abandon();
});

test("P5 remote: many queues go in parallel, up to the bound", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster, { parallel: 4 });
  let running = 0;
  let most = 0;
  cluster.intercept = async ({ code }) => {
    if (code !== UPDATE) return undefined;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    return undefined;
  };
  for (let queueId = 0; queueId < 20; queueId++) store.update(at(queueId), 1n, true);
  await store.persist();
  assert.equal(most, 4);
  assert.equal(cluster.offsets.size, 20);
  store.abandon();
});

test("P4 remote: each queue that fails has its error, and all others are sent", async () => {
  await using cluster = await FakeCluster.start({ brokers: ["broker-a", "broker-b"] });
  const store = storeOn(cluster);
  cluster.intercept = ({ code, fields }) =>
    code === UPDATE && fields.queueId === "1" ? { code: 16, remark: "no rights" } : undefined;
  store.update(at(0), 5n, true);
  store.update(at(1), 6n, true);
  store.update(at(2, "broker-c"), 7n, true);
  store.update(at(3, "broker-b"), 8n, true);
  store.update(at(4, "broker-a", "unknown"), 9n, true);
  const error = await persistFailure(store);
  const failures = new Map(error.failures.map((each) => [each.mq.queueId, each]));
  assert.deepEqual([...failures.keys()].sort(), [1, 2, 4]);
  assert.match(error.message, /^Cannot persist the offsets of 3 of 5 queues: Cannot /);
  assert.equal(error.cause, error.failures[0].error);

  const refused = failures.get(1)!;
  assert.ok(refused.error instanceof BrokerAnswerError);
  assert.deepEqual([refused.mq, refused.offset], [at(1), 6n]);
  const { code, remark, address } = refused.error;
  assert.deepEqual([code, remark, address], [16, "no rights", cluster.broker().address]);
  assert.match(
    refused.error.message,
    /^Cannot update the offset of queue 1 of topic "orders" on "broker-a": "127.0.0.1:\d+" answers 16 \(NO_PERMISSION\): no rights; the access key/,
  );
  assert.ok(failures.get(2)!.error instanceof RouteError);
  assert.match(failures.get(2)!.error.message, /the topic is on "broker-a", "broker-b" only/);
  const unknown = failures.get(4)!.error;
  assert.ok(unknown instanceof RouteError);
  assert.match(unknown.message, /no name server knows the topic; create it/);
  assert.equal((unknown.cause as BrokerAnswerError).code, 17);
  assert.deepEqual([cluster.get(at(0)), cluster.get(at(3, "broker-b"))], [5n, 8n]);

  // The next persist tries just these again.
  cluster.intercept = () => undefined;
  const before = sent(cluster).length;
  assert.equal((await persistFailure(store)).failures.length, 2);
  assert.deepEqual(sent(cluster).slice(before), [[1, 6n]]);
  store.abandon();
});

test("P4 remote: code 26 is explained, and a success that was ignored is none", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  cluster.intercept = ({ code }) =>
    code === UPDATE ? { code: 26, remark: "Group orders-group not exist!" } : undefined;
  assert.match(
    (await persistFailure(store)).message,
    /26 \(SUBSCRIPTION_GROUP_NOT_EXIST\): Group orders-group not exist!; no consumer of this group has registered yet/,
  );
  // What 5.5.0 says while an operator's reset waits for a consumer.
  cluster.intercept = ({ code }) =>
    code === UPDATE ? { remark: "Offset has been previously reset" } : undefined;
  assert.match((await persistFailure(store)).message, /0 \(SUCCESS\).*an operator has reset it/);
  cluster.intercept = () => undefined;
  await store.persist();
  assert.equal(cluster.get(at(0)), 5n);
  store.abandon();
});

test("P4 remote: a broker that is busy, or goes away, is asked again", async () => {
  for (const code of [2, 14, 215, 501, 1500]) {
    await using cluster = await FakeCluster.start();
    const store = storeOn(cluster);
    let refusals = 2;
    cluster.intercept = (request) =>
      request.code === UPDATE && refusals-- > 0 ? { code, remark: "later" } : undefined;
    store.update(at(0), 5n, true);
    await store.persist();
    assert.equal(cluster.get(at(0)), 5n);
    // It says that it goes away, so the next request needs another connection.
    assert.equal(cluster.broker().connections, code === 1500 ? 3 : 1);
    store.abandon();
  }
});

test("P4 remote: one that stays busy is reported with its answer when the time is over", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster, { timeoutMs: 200 });
  cluster.intercept = ({ code }) => code === UPDATE ? { code: 2, remark: "busy" } : undefined;
  store.update(at(0), 5n, true);
  const { failures: [{ error }] } = await persistFailure(store);
  assert.ok(error instanceof BrokerAnswerError);
  assert.deepEqual([error.code, error.remark], [2, "busy"]);
  store.abandon();
});

test("P4 remote: a broker that is away is reported in time, and is found when it is back", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster, { timeoutMs: 300 });
  store.update(at(0), 5n, true);
  await store.persist();
  await cluster.broker().stop();
  for (let queueId = 0; queueId < 40; queueId++) store.update(at(queueId), 6n, true);
  const { failures } = await persistFailure(store);
  assert.equal(failures.length, 40);
  for (const { error } of failures) {
    assert.ok(error instanceof BrokerUnreachableError);
    assert.match(error.message, /no success within 300 ms/);
  }
  const { error } = failures[0];
  assert.equal((error as BrokerUnreachableError).address, cluster.broker().address);
  assert.match(error.message, /within 300 ms, at last .+/);
  await cluster.broker().listen();
  await until(() => store.persist().then(() => true, () => false));
  assert.equal(cluster.get(at(39)), 6n);
  store.abandon();
});

test("P4 remote: an update that is lost with the connection is sent again at once", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  let losses = 2;
  cluster.intercept = ({ code }) => code === UPDATE && losses-- > 0 ? "close" : undefined;
  store.update(at(0), 5n, true);
  await store.persist();
  assert.deepEqual(sent(cluster), [[0, 5n], [0, 5n], [0, 5n]]);
  store.abandon();
});

test("P4 remote: garbage is reported at once, and the next persist works", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  cluster.intercept = ({ code }) => code === UPDATE ? new Uint8Array(8) : undefined;
  store.update(at(0), 5n, true);
  const { failures: [{ error }] } = await persistFailure(store);
  assert.equal(error.name, "RemotingProtocolError");
  cluster.intercept = () => undefined;
  await store.persist();
  store.abandon();
});

test("P4 remote: a signal ends a call early, and the next update waits for the one under way", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  let answer = () => {};
  cluster.intercept = async ({ code, fields }) => {
    if (code === UPDATE && fields.commitOffset === "5") {
      await new Promise<void>((resolve) => answer = resolve);
    }
    return undefined;
  };
  store.update(at(0), 5n, true);
  const controller = new AbortController();
  const reason = new Error("enough");
  const left = store.persist(undefined, { signal: controller.signal });
  await until(() => sent(cluster).length === 1);
  controller.abort(reason);
  assert.equal(await failure(left), reason);

  store.update(at(0), 6n, true);
  const next = store.persist();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(sent(cluster), [[0, 5n]], "the broker could apply the older one last");
  answer();
  await next;
  assert.equal(cluster.get(at(0)), 6n);

  const { signal } = controller;
  for (const call of [store.read(at(0), "store", { signal }), store.close({ signal })]) {
    await call.then(() => {}, (error) => assert.equal(error, reason));
  }
  store.abandon();
});

test("P4 remote: a broker that is silent is left, even if each call is shorter than that takes", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster, { timeoutMs: 30, requestTimeoutMs: 100 });
  cluster.intercept = ({ code }) => code === QUERY ? "silence" : undefined;
  await until(async () => {
    await assert.rejects(store.read(at(0), "store"), BrokerUnreachableError);
    // It may have gone without a word, so that only a new connection reaches it again.
    return cluster.broker().connections > 1;
  });
  store.abandon();
});

test("P4 remote: nothing of a call is left at its signal", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  store.update(at(0), 5n, true);
  const persisted = store.persist(undefined, { signal });
  assert.equal(listeners, 1);
  await persisted;
  assert.equal(listeners, 0);
  store.abandon();
});

test("P4 remote: a signal that is aborted already sends nothing", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  const reason = new Error("too late");
  const signal = AbortSignal.abort(reason);
  assert.equal(await failure(store.persist(undefined, { signal })), reason);
  assert.equal(await failure(store.read(at(0), "store", { signal })), reason);
  await store.persist();
  assert.equal(sent(cluster).length, 1);
  assert.equal(cluster.requests(QUERY).length, 0);
  store.abandon();
});

test("P1 remote: one way, nothing is acknowledged, so that each persist sends all again", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster, { oneWay: true });
  store.update(at(0), 5n, true);
  await store.persist();
  await store.persist();
  await until(() => cluster.get(at(0)) === 5n && sent(cluster).length === 2);
  assert.ok(cluster.requests(UPDATE).every(({ flag }) => flag === 2));
  assert.equal(await store.read(at(0), "store"), 5n);
  store.update(at(0), 6n, true);
  await store.close();
  await until(() => cluster.get(at(0)) === 6n);
});
