import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable, type ReadType, readWithType } from "../../../src/core/mod.ts";
import { NO_OFFSET, RemoteBrokerOffsetStore } from "../../../src/remote/mod.ts";
import { INT64_MAX } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { at, FakeCluster, GROUP, QUERY } from "../../support/fake_cluster.ts";

const storeOn = (cluster: FakeCluster) =>
  new RemoteBrokerOffsetStore({ group: GROUP, nameServers: [cluster.nameServer.address] });

const TYPES: ReadType[] = ["memory", "store", "memory-then-store"];

/** Offsets that a broker keeps. */
const kept = fc.oneof(fc.bigInt({ min: 0n, max: INT64_MAX }), fc.constantFrom(0n, 2n ** 53n + 1n));
const maybe = fc.option(kept, { nil: undefined });

test("R1 R2 remote: a read answers by the rule, and asks the broker only if memory cannot", async () => {
  await using cluster = await FakeCluster.start();
  let queueId = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...TYPES),
    maybe,
    maybe,
    async (type, memory, stored) => {
      const mq = at(queueId++);
      const store = storeOn(cluster);
      if (memory !== undefined) store.update(mq, memory, false);
      if (stored !== undefined) cluster.set(mq, stored);
      const table = (offset: bigint | undefined) =>
        offset === undefined ? OffsetTable.empty : OffsetTable.from([[mq, offset]]);
      const asked = cluster.requests(QUERY).length;
      const expected = readWithType(table(memory), table(stored), mq, type);
      assert.equal(await store.read(mq, type), expected);
      const isAnswered = type === "memory" || type === "memory-then-store" && memory !== undefined;
      assert.equal(cluster.requests(QUERY).length - asked, isAnswered ? 0 : 1);
      store.abandon();
    },
  );
  await check(property);
});

test("R3 remote: a read of the broker never changes memory, and adopts what memory lacks", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  cluster.set(at(0), 7n);
  store.update(at(0), 3n, false);
  assert.equal(await store.read(at(0), "store"), 7n);
  assert.equal(await store.read(at(0), "memory"), 3n);

  cluster.set(at(1), 8n);
  cluster.set(at(2), 9n);
  assert.equal(await store.read(at(1), "memory"), NO_OFFSET);
  assert.equal(await store.read(at(1), "memory-then-store"), 8n);
  assert.equal(await store.read(at(1), "memory"), 8n);
  assert.equal(await store.read(at(2), "memory"), NO_OFFSET, "only the queue that was read");
  store.abandon();
});

test("R3 remote: an adopted offset is no change, and is never sent back", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  cluster.set(at(0), 7n);
  await store.read(at(0), "store");
  cluster.set(at(0), 20n); // by the consumer that has the queue now
  cluster.broker().drop();
  await store.persist();
  await store.persist([at(0)]);
  await store.close();
  assert.equal(cluster.get(at(0)), 20n);
});

test("R3 remote: a removal while the broker is asked keeps the queue out of memory", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  cluster.set(at(0), 7n);
  cluster.intercept = ({ code }) => {
    if (code === QUERY) store.remove(at(0));
    return undefined;
  };
  assert.equal(await store.read(at(0), "store"), 7n);
  assert.equal(await store.read(at(0), "memory"), NO_OFFSET);
  store.abandon();
});

test("R1 remote: none is distinguished from 0, and a value that is no offset is refused", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  assert.equal(await store.read(at(0), "store"), NO_OFFSET);
  assert.equal(cluster.requests(QUERY)[0].fields.setZeroIfNotFound, "false");
  cluster.set(at(0), 0n);
  assert.equal(await store.read(at(0), "store"), 0n);
  for (const offset of ["", "1.5", "x", "9223372036854775808", "-9223372036854775809", " 1"]) {
    cluster.intercept = ({ code }) => code === QUERY ? { fields: { offset } } : undefined;
    await assert.rejects(store.read(at(0), "store"), { name: "RemotingProtocolError" }, offset);
  }
  cluster.intercept = ({ code }) => code === QUERY ? {} : undefined;
  await assert.rejects(store.read(at(0), "store"), { name: "RemotingProtocolError" });
  store.abandon();
});

test("R1 remote: an int64 is exact in both directions", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  for (const offset of [0n, 2n ** 53n - 1n, 2n ** 53n + 1n, INT64_MAX]) {
    store.update(at(0), offset, false);
    await store.persist();
    assert.equal(cluster.get(at(0)), offset);
    assert.equal(await store.read(at(0), "store"), offset);
  }
  store.abandon();
});

test("R1 remote: a read sees what an update of the same store that is under way wrote", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  store.update(at(0), 5n, true);
  const persisted = store.persist();
  assert.equal(await store.read(at(0), "store"), 5n);
  await persisted;
  store.abandon();
});

test("U6 remote: a queue, a type or an offset that is none is refused before anything happens", async () => {
  await using cluster = await FakeCluster.start();
  const store = storeOn(cluster);
  const queues: [unknown, RegExp][] = [
    [null, /not an object/],
    [{ ...at(0), topic: "" }, /Cannot use topic "": it is empty/],
    [{ ...at(0), topic: "a@b" }, /Cannot use topic "a@b": it holds "@"/],
    [{ ...at(0), brokerName: "a\nb" }, /white space or a control character/],
    [{ ...at(0), topic: "\udc00" }, /lone surrogate/],
    [at(-1), /Cannot use queueId "-1": a broker has no negative one/],
    [at(2 ** 31), /not an int32/],
    [at(0.5), /not an int32/],
  ];
  for (const [queue, message] of queues) {
    // deno-lint-ignore no-explicit-any
    const mq = queue as any;
    assert.throws(() => store.update(mq, 1n, true), { message });
    assert.throws(() => store.remove(mq), { message });
    await assert.rejects(store.read(mq, "memory"), { message });
    await assert.rejects(store.persist([mq]), { message });
  }
  const offsets: [unknown, RegExp][] = [
    [-1n, /Cannot use offset "-1": a broker takes a negative offset for none/],
    [-1, /negative/],
    [INT64_MAX + 1n, /not an int64/],
    [0.5, /not a safe integer/],
    ["1", /neither a bigint nor a number/],
  ];
  for (const [offset, message] of offsets) {
    // deno-lint-ignore no-explicit-any
    assert.throws(() => store.update(at(0), offset as any, true), { message });
  }
  // deno-lint-ignore no-explicit-any
  assert.throws(() => (store as any).update(at(0), 1n), {
    message: 'Cannot use increaseOnly "undefined": it is not a boolean; ' +
      "pass true to ignore an offset that is not greater, false to set it anyway",
  });
  // deno-lint-ignore no-explicit-any
  await assert.rejects(store.read(at(0), "file" as any), { message: /Cannot read with type/ });
  assert.equal(await store.read(at(0), "memory"), NO_OFFSET);
  await store.close();
  assert.equal(cluster.nameServer.connections + cluster.broker().connections, 0);
});
