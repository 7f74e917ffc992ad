/**
 * The store against a plain model, on brokers that lose connections, refuse for a while, answer
 * late, are killed and come back with what they had on their disks.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { NO_OFFSET, RemoteBrokerOffsetStore } from "../../../src/remote/mod.ts";
import { takesOffset } from "../../../src/core/rules/apply_update.ts";
import { INT64_MAX } from "../../../scripts/lib/arbitraries.ts";
import { check, inProportion } from "../../support/check.ts";
import { at, FakeCluster, GROUP, keyOf, ROUTE, UPDATE } from "../../support/fake_cluster.ts";
import type { Outcome } from "../../support/fake_server.ts";

const BROKERS = ["broker-a", "broker-b"];
const QUEUES = [0, 1, 2, 3].map((id) => at(id, BROKERS[id % 2]));
/** A queue that nobody writes. */
const OTHER = (broker: number) => at(99, BROKERS[broker]);

const queue = fc.nat({ max: QUEUES.length - 1 });
const offset = fc.oneof(
  fc.bigInt({ min: 0n, max: 9n }),
  fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, INT64_MAX),
);
const kind = <K extends string>(name: K) => fc.constant(name);

/** What becomes of a request; an update that is lost after it took effect is the worst of them. */
const mischief = fc.oneof(
  { weight: 16, arbitrary: kind("none") },
  // Each of the others costs a pause.
  { weight: 4, arbitrary: fc.constantFrom("late", "busy", "lost before", "lost after") },
);

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: kind("update"), queue, offset, up: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: kind("remove"), queue }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: kind("read"),
      queue,
      type: fc.constantFrom("memory", "store", "memory-then-store"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: kind("persist"), queues: fc.option(fc.array(queue)) }) },
  { weight: 1, arbitrary: fc.record({ do: kind("another consumer"), queue, offset }) },
  { weight: 1, arbitrary: fc.record({ do: kind("flush") }) },
  { weight: 1, arbitrary: fc.record({ do: kind("kill"), broker: fc.nat({ max: 1 }) }) },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** What memory holds of a queue, and whether this store has set it. */
interface Held {
  offset: bigint;
  isOurs: boolean;
}

class Pair {
  readonly store: RemoteBrokerOffsetStore;
  readonly cluster: FakeCluster;
  readonly held = new Map<number, Held>();
  flushed = new Map<string, bigint>();

  constructor(cluster: FakeCluster) {
    this.cluster = cluster;
    cluster.offsets.clear();
    const nameServers = [cluster.nameServer.address];
    this.store = new RemoteBrokerOffsetStore({ group: GROUP, nameServers, timeoutMs: 60_000 });
  }

  async run(command: Command): Promise<void> {
    const { store, held, cluster } = this;
    if (command.do === "update") {
      const { queue, offset, up } = command;
      store.update(QUEUES[queue], offset, up);
      const now = held.get(queue)?.offset;
      if (takesOffset(now, offset, up)) held.set(queue, { offset, isOurs: true });
    } else if (command.do === "remove") {
      store.remove(QUEUES[command.queue]);
      held.delete(command.queue);
    } else if (command.do === "read") {
      await this.#read(command.queue, command.type);
    } else if (command.do === "persist") {
      await this.#persist(command.queues ?? undefined);
    } else if (command.do === "another consumer") {
      // It has only queues that this one does not write.
      if (held.get(command.queue)?.isOurs) return;
      cluster.set(QUEUES[command.queue], command.offset);
    } else if (command.do === "flush") {
      this.flushed = new Map(cluster.offsets);
    } else {
      await this.#kill(command.broker);
    }
  }

  async #read(queue: number, type: "memory" | "store" | "memory-then-store"): Promise<void> {
    const { store, held, cluster } = this;
    const now = held.get(queue)?.offset;
    const stored = cluster.get(QUEUES[queue]);
    const answersNow = type === "memory" || type === "memory-then-store" && now !== undefined;
    const expected = answersNow ? now : stored;
    assert.equal(await store.read(QUEUES[queue], type), expected ?? NO_OFFSET, type);
    if (!answersNow && now === undefined && stored !== undefined) {
      held.set(queue, { offset: stored, isOurs: false });
    }
  }

  async #persist(queues: number[] | undefined): Promise<void> {
    const { store, held, cluster } = this;
    const before = QUEUES.map((mq) => cluster.get(mq));
    await store.persist(queues?.map((queue) => QUEUES[queue]));
    QUEUES.forEach((mq, queue) => {
      const { offset, isOurs } = held.get(queue) ?? { offset: 0n, isOurs: false };
      const isNamed = queues === undefined || queues.includes(queue);
      const expected = isOurs && isNamed ? offset : before[queue];
      assert.equal(cluster.get(mq), expected, `queue ${queue}, named: ${isNamed}`);
    });
  }

  async #kill(broker: number): Promise<void> {
    const { cluster, flushed, store } = this;
    for (const { topic, brokerName, queueId } of QUEUES) {
      if (brokerName !== BROKERS[broker]) continue;
      const key = keyOf(GROUP, topic, brokerName, String(queueId));
      cluster.offsets.delete(key);
      const kept = flushed.get(key);
      if (kept !== undefined) cluster.offsets.set(key, kept);
    }
    cluster.broker(BROKERS[broker]).drop();
    // A store learns that its connection is lost when it uses it, at the latest.
    assert.equal(await store.read(OTHER(broker), "store"), NO_OFFSET);
  }

  /** In the end the brokers hold what this store has set, after any history. */
  async end(): Promise<void> {
    for (const queue of QUEUES.keys()) await this.#read(queue, "memory");
    await this.#persist(undefined);
    const sent = this.cluster.requests(UPDATE).length;
    this.cluster.intercept = () => undefined;
    await this.store.close();
    const again = this.cluster.requests(UPDATE).length - sent;
    assert.ok(again <= this.held.size);
  }
}

const cluster = await FakeCluster.start({ brokers: BROKERS });
after(() => cluster[Symbol.asyncDispose]());

test("R1 R3 P1 P2 P4 D1 remote: the store does what the model does, on brokers that misbehave", async () => {
  const seen = new Map<string, number>();
  const property = fc.asyncProperty(
    fc.array(command, { maxLength: 25, size: "max" }),
    fc.infiniteStream(mischief),
    fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 3 }),
    async (commands, stream, pieces) => {
      const pair = new Pair(cluster);
      for (const server of [cluster.nameServer, ...cluster.brokers.values()]) {
        server.writing = { pieces };
      }
      cluster.intercept = async ({ code, fields }): Promise<Outcome | undefined> => {
        if (code === ROUTE) return undefined;
        const what: string = stream.next().value;
        seen.set(what, (seen.get(what) ?? 0) + 1);
        if (what === "late") await new Promise((resolve) => setTimeout(resolve, 3));
        if (what === "busy") return { code: 2, remark: "system busy" };
        if (what === "lost before") return "close";
        if (what === "lost after" && code === UPDATE) {
          const mq = at(Number(fields.queueId), fields.bname, fields.topic);
          cluster.set(mq, BigInt(fields.commitOffset));
          return "close";
        }
        return undefined;
      };
      for (const each of commands) await pair.run(each);
      await pair.end();
    },
  );
  await check(property, { numRuns: 60 });
  for (const each of ["none", "late", "busy", "lost before", "lost after"]) {
    assert.ok((seen.get(each) ?? 0) > inProportion(5), `${each} was not seen`);
  }
});
