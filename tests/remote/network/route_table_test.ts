import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteBrokerOffsetStore, type RemoteOptions } from "../../../src/remote/mod.ts";
import { Connection } from "../../../src/remote/network/connection.ts";
import { Deadline } from "../../../src/remote/network/deadline.ts";
import { RouteTable } from "../../../src/remote/network/route_table.ts";
import { at, FakeCluster, GROUP, ROUTE, routeText, UPDATE } from "../../support/fake_cluster.ts";
import { FakeServer } from "../../support/fake_server.ts";

const storeOn = (nameServers: readonly string[], more: Partial<RemoteOptions> = {}) =>
  new RemoteBrokerOffsetStore({ group: GROUP, nameServers, ...more });

/** An address where nobody listens. */
async function deadAddress(): Promise<string> {
  const server = await FakeServer.start(() => "silence");
  await server.stop();
  return server.address;
}

test("routes: the next name server is asked if one is away, silent, garbled or knows nothing", async () => {
  await using cluster = await FakeCluster.start();
  await using silent = await FakeServer.start(() => "silence");
  await using garbled = await FakeServer.start(() => new Uint8Array(8));
  await using broken = await FakeServer.start(() => ({ body: "no JSON" }));
  await using ignorant = await FakeServer.start(() => ({ code: 17, remark: "No topic route" }));
  await using unready = await FakeServer.start(() => ({ code: 1, remark: "not ready" }));
  const servers = [silent, garbled, broken, ignorant, unready].map(({ address }) => address);
  for (const other of [await deadAddress(), ...servers]) {
    const nameServers = [other, cluster.nameServer.address];
    const store = storeOn(nameServers, { requestTimeoutMs: 100 });
    store.update(at(0), 5n, true);
    await store.close();
  }
  assert.equal(cluster.requests(UPDATE).length, servers.length + 1);
});

test("routes: a name server's answer is worth more than the silence of the others", async () => {
  await using ignorant = await FakeServer.start(() => ({ code: 17, remark: "No topic route" }));
  const store = storeOn([await deadAddress(), ignorant.address, await deadAddress()]);
  await assert.rejects(store.read(at(0), "store"), {
    name: "RouteError",
    topic: "orders",
    brokerName: "broker-a",
    message: /no name server knows the topic; create it/,
  });
  assert.equal(ignorant.requests.length, 1, "it was asked again");
  store.abandon();
});

test("routes: a name server that has failed is asked last, and not at all if another answers", async () => {
  await using cluster = await FakeCluster.start({ topics: ["orders", "bills"] });
  await using silent = await FakeServer.start(() => "silence");
  const nameServers = [silent.address, cluster.nameServer.address];
  const store = storeOn(nameServers, { requestTimeoutMs: 100 });
  await store.read(at(0), "store");
  await store.read(at(0, "broker-a", "bills"), "store");
  assert.equal(silent.requests.length, 1);
  store.abandon();

  await using ignorant = await FakeServer.start(() => ({ code: 17 }));
  await using closing = await FakeServer.start(() => "close");
  const other = storeOn([closing.address, ignorant.address]);
  for (let i = 0; i < 6; i++) {
    await assert.rejects(other.read(at(0), "store"), { name: "RouteError" });
  }
  assert.ok(closing.connections < 6, `it was asked ${closing.connections} times`);
  other.abandon();
});

test("routes: no name server answers", async () => {
  const store = storeOn([await deadAddress()], { timeoutMs: 200 });
  await assert.rejects(store.read(at(0), "store"), {
    name: "BrokerUnreachableError",
    address: "broker-a",
    sent: false,
    message: /^Cannot reach "broker-a": no success within 200 ms, at last /,
  });
  store.abandon();
});

test("routes: one question serves all queues of a topic", async () => {
  await using cluster = await FakeCluster.start({ brokers: ["broker-a", "broker-b"] });
  const store = storeOn([cluster.nameServer.address]);
  for (let i = 0; i < 20; i++) store.update(at(i, i % 2 ? "broker-a" : "broker-b"), 1n, true);
  await store.persist();
  assert.equal(cluster.requests(ROUTE).length, 1);
  assert.equal(cluster.requests(ROUTE)[0].fields.acceptStandardJsonOnly, "true");
  assert.deepEqual([...cluster.brokers.values()].map(({ connections }) => connections), [1, 1]);
  store.abandon();
});

test("routes: a broker that has moved is found at its new address", async () => {
  await using cluster = await FakeCluster.start({ brokers: ["broker-a", "elsewhere"] });
  const store = storeOn([cluster.nameServer.address]);
  store.update(at(0), 5n, true);
  await store.persist();
  cluster.routes.set("broker-a", cluster.broker("elsewhere").address);
  await cluster.broker("broker-a").stop();
  store.update(at(0), 6n, true);
  await store.persist();
  assert.equal(cluster.broker("elsewhere").requests.length, 1);
  assert.equal(cluster.get(at(0)), 6n);
  store.abandon();
});

test("routes: what was known is used while the name servers are away or forget the broker", async () => {
  for (const trouble of ["away", "empty", "unknown", "slave"]) {
    await using cluster = await FakeCluster.start();
    const store = storeOn([cluster.nameServer.address], { requestTimeoutMs: 200 });
    store.update(at(0), 5n, true);
    await store.persist();
    if (trouble === "away") await cluster.nameServer.stop();
    if (trouble === "empty") cluster.routes.clear();
    cluster.intercept = ({ code }) => {
      if (code !== ROUTE || trouble === "empty") return undefined;
      if (trouble === "unknown") return { code: 17, remark: "No topic route info" };
      return { body: routeText(cluster.routes).replace('{"0":', '{"1":') };
    };
    // The broker is killed and starts again where it was.
    await cluster.broker().stop();
    store.update(at(0), 6n, true);
    const persisted = store.persist();
    // Time for some attempts, each of which asks for the route again.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await cluster.broker().listen();
    await persisted;
    assert.equal(cluster.get(at(0)), 6n, trouble);
    store.abandon();
  }
});

test("routes: a broker without a master is not written to, and is asked for again", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn([cluster.nameServer.address]);
  cluster.intercept = ({ code }) =>
    code === ROUTE ? { body: routeText(cluster.routes).replace('{"0":', '{"1":') } : undefined;
  await assert.rejects(store.read(at(0), "store"), {
    name: "RouteError",
    message: /it has no master now/,
  });
  cluster.intercept = () => undefined;
  assert.equal(await store.read(at(0), "store"), -1n);
  store.abandon();
});

test("routes: one that is old is used, and asked for again behind it", async () => {
  const masters = new Map([["broker-a", "10.0.0.1:1"]]);
  let questions = 0;
  const ask = async () => {
    questions++;
    const body = new TextEncoder().encode(routeText(masters));
    return { code: 0, flag: 1, opaque: 0, remark: undefined, fields: new Map(), body };
  };
  const nameServer = new Connection("127.0.0.1:1", {
    ...{ requestTimeoutMs: 1000, maxFrameBytes: 1024, tls: undefined },
  });
  for (const [freshMs, expected] of [[1e9, 1], [-1, 3]] as const) {
    questions = 0;
    masters.set("broker-a", "10.0.0.1:1");
    const routes = new RouteTable([nameServer], ask, 1000, freshMs);
    const deadline = new Deadline(1000);
    assert.equal(await routes.masterOf(at(0), deadline), "10.0.0.1:1");
    masters.set("broker-a", "10.0.0.2:1");
    assert.equal(await routes.masterOf(at(0), deadline), "10.0.0.1:1");
    await new Promise((resolve) => setTimeout(resolve));
    const now = await routes.masterOf(at(0), deadline);
    assert.equal(now, freshMs < 0 ? "10.0.0.2:1" : "10.0.0.1:1");
    assert.equal(questions, expected);
    deadline.end();
  }
});

test("routes: those of older name servers are read", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn([cluster.nameServer.address]);
  cluster.intercept = ({ code }) =>
    code === ROUTE ? { body: routeText(cluster.routes).replace('{"0":', "{0:") } : undefined;
  store.update(at(0), 5n, true);
  await store.persist();
  assert.equal(cluster.get(at(0)), 5n);
  store.abandon();
});
