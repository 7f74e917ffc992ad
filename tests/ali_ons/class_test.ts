/** The class that `withLocalOffsets` makes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AliOnsConsumerClass, withLocalOffsets } from "../../src/ali_ons/mod.ts";
import { Consumer, Setup, TOPIC, turns } from "./setup.ts";

test("ali-ons: a class without the methods of a consumer is refused", () => {
  class Producer {
    close() {}
  }
  for (
    const [given, shown, method] of [
      [Producer, "Producer", "newOffsetStoreInstance"],
      [undefined, "undefined", "newOffsetStoreInstance"],
      [{}, "[object Object]", "newOffsetStoreInstance"],
      [
        class Old extends Producer {
          newOffsetStoreInstance() {}
        },
        "Old",
        "subscribe",
      ],
    ] as [AliOnsConsumerClass, string, string][]
  ) {
    assert.throws(() => withLocalOffsets(given), {
      name: "TypeError",
      message: `Cannot use class "${shown}": it has no method "${method}"; ` +
        'pass the class "Consumer" of ali-ons 3',
    });
  }
});

test("ali-ons: a consumer in clustering mode is refused before it connects", () => {
  let made = 0;
  class Counting extends Consumer {
    constructor(options: ConstructorParameters<typeof Consumer>[0]) {
      made++;
      super(options);
    }
  }
  const Durable = withLocalOffsets(Counting);
  for (const options of [{ isBroadcast: false }, {}, undefined]) {
    assert.throws(() => new Durable(options as never), /^TypeError: Cannot keep offsets locally/);
  }
  assert.equal(made, 0);
});

test("ali-ons: the class keeps what the given one has", async () => {
  class WithStatic extends Consumer {
    static readonly ACTION_RETRY: symbol = Symbol("retry");
    own(): string {
      return "own";
    }
  }
  await using setup = await Setup.make(1);
  const Durable = withLocalOffsets(WithStatic, { root: setup.root, importFrom: false });
  assert.equal(Durable.ACTION_RETRY, WithStatic.ACTION_RETRY);
  const consumer = new Durable({ broker: setup.broker, consumerGroup: "g", isBroadcast: true });
  assert.ok(consumer instanceof WithStatic);
  assert.equal(consumer.own(), "own");
  await consumer.close();
});

test("ali-ons: a subscription without an expression stays one, and a handler is checked", async () => {
  await using setup = await Setup.make(1);
  class Watching extends Consumer {
    readonly given: unknown[][] = [];
    override subscribe(topic: string, ...rest: unknown[]): void {
      this.given.push(rest);
      super.subscribe(topic, ...rest);
    }
  }
  const Durable = withLocalOffsets(Watching, { root: setup.root, importFrom: false });
  const consumer = new Durable({ broker: setup.broker, consumerGroup: "g", isBroadcast: true });
  consumer.subscribe(TOPIC, async () => {});
  consumer.subscribe("other", "TagA", async () => {});
  assert.deepEqual(consumer.given.map((rest) => rest.length), [1, 2]);
  assert.equal(consumer.given[1][0], "TagA");
  assert.throws(() => consumer.subscribe("third", "*", undefined));
  await consumer.close();
});

test("ali-ons: a handler gets all arguments, and its answer and its error go back", async () => {
  await using setup = await Setup.make(1);
  const answers: unknown[] = [];
  class Calling extends Consumer {
    override subscribe(_topic: string, ...rest: unknown[]): void {
      const handler = rest.at(-1) as (...args: unknown[]) => Promise<unknown>;
      handler(1, 2, 3).then((answer) => answers.push(answer), (error) => answers.push(error));
    }
  }
  const Durable = withLocalOffsets(Calling, { root: setup.root, importFrom: false });
  const consumer = new Durable({ broker: setup.broker, consumerGroup: "g", isBroadcast: true });
  const failure = new Error("no");
  consumer.subscribe(TOPIC, async (...args: unknown[]) => args);
  consumer.subscribe(TOPIC, async () => {
    throw failure;
  });
  await turns(2);
  assert.deepEqual(answers, [[1, 2, 3], failure]);
  await consumer.close();
});
