/** Random lives of a consumer: messages, kills, graceful ends. What comes again, and nothing is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check } from "../support/check.ts";
import type { AliOnsOffsetStore } from "../../src/ali_ons/ali_ons_offset_store.ts";
import { FaultyFileSystem } from "../support/faulty_file_system.ts";
import type { Message } from "./fake_broker.ts";
import {
  type AdapterOptions,
  type Consumer,
  mortalFileSystem,
  Setup,
  TOPIC,
  turns,
  until,
} from "./setup.ts";

const QUEUES = 3;
const FROM_FIRST = { consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET" } as const;

interface Plain {
  readonly do: "persist" | "rebalance" | "polls" | "kill" | "close";
}
type Step =
  | { readonly do: "send"; readonly queue: number; readonly count: number }
  | { readonly do: "turns"; readonly count: number }
  | Plain
  | { readonly do: "route"; readonly queues: number };

const send: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("send" as const),
  queue: fc.nat(QUEUES - 1),
  count: fc.integer({ min: 1, max: 6 }),
});
const pause: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("turns" as const),
  count: fc.integer({ min: 1, max: 20 }),
});
const just = (...names: Plain["do"][]): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constantFrom(...names) });

const ordinary = fc.oneof(send, pause, just("persist", "rebalance", "polls", "kill", "close"));
const deadly = fc.oneof(send, pause, just("kill"));
const route: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("route" as const),
  queues: fc.integer({ min: 1, max: QUEUES }),
});

/** What handlers did, and in which life of the consumer. */
interface Handled {
  readonly id: string;
  readonly life: number;
}

/** A consumer that is started again and again on one directory. */
class Lives {
  readonly setup: Setup;
  readonly limit: number;
  readonly persistEachMessage: boolean;
  readonly sent: string[] = [];
  readonly handled: Handled[] = [];
  readonly ends: ("kill" | "close")[] = [];
  readonly errors: Error[] = [];
  #consumer!: Consumer;
  #die!: () => void;

  constructor(setup: Setup, limit: number, persistEachMessage: boolean) {
    this.setup = setup;
    this.limit = limit;
    this.persistEachMessage = persistEachMessage;
    this.#start();
  }

  get #life(): number {
    return this.ends.length;
  }

  #start(): void {
    const { fileSystem, die } = mortalFileSystem();
    const { persistEachMessage } = this;
    const life = this.#life;
    this.#die = die;
    this.#consumer = this.setup.consumer(
      { fileSystem, persistEachMessage, durability: "relaxed" },
      { ...FROM_FIRST, parallelConsumeLimit: this.limit, unregister: () => turns(3) },
    );
    this.#consumer.subscribe(TOPIC, "*", async ({ queueId, queueOffset }: Message) => {
      await turns((queueId + queueOffset) % 4);
      // A process that is gone does nothing.
      if (life === this.#life) this.handled.push({ id: `${queueId}:${queueOffset}`, life });
    });
  }

  async take(step: Step): Promise<void> {
    const { broker } = this.setup;
    if (step.do === "send") {
      for (let i = 0; i < step.count; i++) {
        const { queueOffset } = broker.send(TOPIC, step.queue, "");
        this.sent.push(`${step.queue}:${queueOffset}`);
      }
    } else if (step.do === "turns") await turns(step.count);
    else if (step.do === "route") broker.setQueues(TOPIC, step.queues);
    else if (step.do === "persist") await this.#consumer.persistConsumerOffset();
    else if (step.do === "rebalance") await this.#consumer.rebalance();
    else if (step.do === "polls") broker.endPolls();
    else await this.#end(step.do);
  }

  async #end(how: "kill" | "close"): Promise<void> {
    if (how === "close") await this.#consumer.close();
    this.errors.push(...this.#consumer.errors);
    this.#die();
    this.#consumer.kill();
    this.ends.push(how);
    this.#start();
  }

  /** Lets a last consumer handle what is left. */
  async finish(): Promise<void> {
    this.setup.broker.setQueues(TOPIC, QUEUES);
    // A message of a queue that was away for a while may wait for the next one of its topic.
    await this.#end("close");
    const done = () => {
      const ids = new Set(this.handled.map(({ id }) => id));
      return this.sent.every((id) => ids.has(id));
    };
    await until(done, "each message that was sent");
    await turns(20);
    await this.#end("close");
  }

  /** The messages that were handled in this life, and in a later one again. */
  again(life: number): string[] {
    const later = new Set(this.handled.filter((each) => each.life > life).map(({ id }) => id));
    return this.handled.filter((each) => each.life === life && later.has(each.id))
      .map(({ id }) => id);
  }
}

async function live(steps: readonly Step[], limit: number, each: boolean): Promise<Lives> {
  await using setup = await Setup.make(QUEUES);
  const lives = new Lives(setup, limit, each);
  for (const step of steps) await lives.take(step);
  await lives.finish();
  assert.deepEqual(lives.errors, []);
  return lives;
}

const limit = fc.integer({ min: 1, max: 3 });
const steps = (step: fc.Arbitrary<Step>) => fc.array(step, { maxLength: 20, size: "max" });

test("ali-ons: no message is lost, whatever ends the consumer and whichever queues it sees", async () => {
  let ends = 0;
  await check(
    fc.asyncProperty(
      steps(fc.oneof({ weight: 6, arbitrary: ordinary }, { weight: 1, arbitrary: route })),
      limit,
      fc.boolean(),
      async (taken, limit, each) => {
        const lives = await live(taken, limit, each);
        ends += lives.ends.length;
      },
    ),
  );
  assert.ok(ends > 0);
});

test("ali-ons: after a graceful end, no message comes again", async () => {
  let closes = 0;
  await check(fc.asyncProperty(steps(ordinary), limit, fc.boolean(), async (taken, limit, each) => {
    const lives = await live(taken, limit, each);
    for (const [life, how] of lives.ends.entries()) {
      if (how === "close") assert.deepEqual(lives.again(life), []);
      if (how === "close") closes++;
    }
  }));
  assert.ok(closes > 0);
});

test("ali-ons: with persistEachMessage, a kill repeats only what was just being handled", async () => {
  let kills = 0;
  await check(fc.asyncProperty(steps(deadly), limit, async (taken, limit) => {
    const lives = await live(taken, limit, true);
    for (const [life, how] of lives.ends.entries()) {
      if (how !== "kill") continue;
      kills++;
      const again = lives.again(life);
      assert.ok(again.length <= limit, `${again} of at most ${limit}`);
    }
  }));
  assert.ok(kills > 0);
});

for (const parallelConsumeLimit of [1, 3]) {
  test(`ali-ons: a kill during a persist repeats the ${parallelConsumeLimit} of it`, async () => {
    await using setup = await Setup.make(1);
    const handled: number[] = [];
    const faulty = new FaultyFileSystem();
    let living: Consumer | undefined;
    const start = (options: AdapterOptions = {}) => {
      const consumer = setup.consumer(options, { ...FROM_FIRST, parallelConsumeLimit });
      consumer.subscribe(TOPIC, "*", async ({ queueOffset }: Message) => {
        if (consumer === living) handled.push(queueOffset);
      });
      return living = consumer;
    };
    const first = start({ persistEachMessage: true, fileSystem: faulty.fileSystem });
    const send = (count: number) => {
      for (let i = 0; i < count; i++) setup.broker.send(TOPIC, 0, "");
    };
    send(3);
    await until(() => handled.length === 3, "three messages");
    await turns(1);
    await (first._offsetStore as AliOnsOffsetStore).lastPersist();

    // From now on no call of the file system ends.
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    faulty.before = () => (held.resolve(), released.promise);
    send(9);
    await held.promise;
    await turns(100);
    const before = handled.splice(0);
    assert.deepEqual(before, Array.from({ length: 3 + parallelConsumeLimit }, (_, i) => i));
    first.kill();
    faulty.faults = [{ when: () => true, code: "EIO" }];
    released.resolve();

    start();
    await until(() => handled.length === 9, "the other messages");
    assert.deepEqual(handled, [3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
}
