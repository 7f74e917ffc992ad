/** The bytes of the file: the same as `serialize` makes, whatever was kept of the time before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clearImmediate, setImmediate } from "node:timers";
import fc from "fast-check";
import { type MessageQueue, type Offset, parse } from "../../../src/core/mod.ts";
import { tableOf } from "../../../src/core/table/offset_table.ts";
import { MAX_GENERATION } from "../../../src/core/format/generation.ts";
import { messageQueue, offset, poolQueue } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { Imaged, type Options } from "../../support/imaged.ts";

const ALL_OPTIONS: readonly Options[] = [
  { format: "go", checksum: false },
  { format: "go", checksum: true },
  { format: "java", checksum: false },
  { format: "java", checksum: true },
];

const decoder = new TextDecoder();

/** The shortest and the longest tail, and some in between. */
const generation = fc.oneof(
  fc.constantFrom(1, 9, 10, MAX_GENERATION),
  fc.integer({ min: 1, max: MAX_GENERATION }),
);

const at = (queueId: number, topic = "t"): MessageQueue => ({ topic, brokerName: "b", queueId });

/** Queues 0 to n − 1 of each topic, in the order of the slots. */
const queues = (n: number, ...topics: string[]) =>
  topics.flatMap((topic) => Array.from({ length: n }, (_, id) => at(id, topic)));

const all = (mqs: readonly MessageQueue[], offset: Offset) =>
  mqs.map((mq) => [mq, offset] as const);

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

for (const options of ALL_OPTIONS) {
  const { format, checksum } = options;
  const name = `${format}${checksum ? " with a checksum" : ""}`;

  test(`S2 ${name}: the image of an empty table is that of serialize()`, async () => {
    const imaged = new Imaged(options);
    await imaged.check([]);
    await imaged.check([]);
    await imaged.check([[at(0), 1n]]);
    await imaged.check([], [at(0)]);
    await imaged.check([[at(0), 1n]]);
  });

  test(`S2 ${name}: whatever changes, the image is that of serialize()`, async () => {
    const queue = fc.oneof({ weight: 3, arbitrary: poolQueue }, messageQueue);
    const step = fc.record({
      set: fc.uniqueArray(fc.tuple(queue, offset), {
        selector: ([mq]) => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]),
      }),
      deleted: fc.array(poolQueue, { maxLength: 3 }),
      forget: fc.boolean(),
      free: fc.boolean(),
      unpersisted: fc.array(poolQueue, { maxLength: 1 }),
      generation: fc.option(generation, { nil: undefined }),
    });
    await check(
      fc.asyncProperty(fc.array(step, { maxLength: 8, size: "max" }), async (steps) => {
        const imaged = new Imaged(options);
        for (const { set, deleted, forget, free, unpersisted, generation } of steps) {
          if (forget) {
            // Somebody else changes the table.
            imaged.image.forget();
            for (const mq of unpersisted) imaged.offsets.set(imaged.index.add(mq), 77n);
          }
          await imaged.check(set, deleted, generation);
          if (free) imaged.freeSlots();
        }
      }),
      { numRuns: 40 },
    );
  });

  test(`P6 ${name}: nothing is encoded but the runs in which an offset has changed`, async () => {
    const mqs = queues(257, "a", "b", "c");
    const imaged = new Imaged(options);
    const twice = format === "java" && checksum;
    const reads = (slots: readonly number[]) => twice ? slots.flatMap((s) => [s, s]) : slots;
    const bytes = await imaged.encode(all(mqs, 10n));
    assert.deepEqual(imaged.offsets.take(), reads(range(0, 3 * 257)));
    for (
      const [changed, runs] of [
        [[0], range(0, 256)],
        [[256], [256]],
        [[257, 258, 300], range(257, 513)],
        [[770, 513, 514], range(513, 771)],
        [[], []],
      ]
    ) {
      const set = all(changed.map((slot) => mqs[slot]), 11n);
      // In place: the offsets are as long as before.
      assert.equal((await imaged.encode(set)).buffer, bytes.buffer);
      assert.deepEqual(imaged.offsets.take(), reads(runs));
      await imaged.check(set);
    }
    // Longer: into other bytes, but nothing else is encoded.
    const longer = await imaged.encode([[mqs[256], 1000n]]);
    assert.notEqual(longer.buffer, bytes.buffer);
    assert.deepEqual(imaged.offsets.take(), reads([256]));
    assert.equal((await imaged.check([[mqs[256], 2000n]])).buffer, longer.buffer);
  });

  test(`P6 ${name}: after forget(), a deletion and a new queue all is encoded`, async () => {
    const mqs = queues(2, "a", "b");
    const imaged = new Imaged(options);
    const twice = format === "java" && checksum;
    const reads = (slots: readonly number[]) => twice ? slots.flatMap((s) => [s, s]) : slots;
    await imaged.check(all(mqs, 1n));
    imaged.image.forget();
    await imaged.encode([[mqs[0], 2n]]);
    assert.deepEqual(imaged.offsets.take(), reads([0, 1, 2, 3]));
    await imaged.encode([], [mqs[0]]);
    assert.deepEqual(imaged.offsets.take(), reads([0, 1, 2, 3]));
    await imaged.encode([[at(7, "c"), 2n]]);
    assert.deepEqual(imaged.offsets.take(), reads([0, 1, 2, 3, 4]));
    await imaged.check([]);
  });

  test(`S2 ${name}: a queue that comes in the place of another shows`, async () => {
    // As many queues as before, and no slot more.
    const [a, b, c] = [at(0, "a"), at(0, "b"), at(0, "c")];
    const imaged = new Imaged(options);
    await imaged.check([[a, 1n], [b, 1n], [c, 1n]]);
    await imaged.check([], [b]);
    await imaged.check([[b, 2n]], [a]);
    await imaged.check([[a, 3n]], [c]);
    await imaged.check([[c, 3n]]);
  });

  test(`S2 ${name}: the slots of queues that are gone leave holes`, async () => {
    const mqs = queues(2, "a", "b", "c");
    const imaged = new Imaged(options);
    await imaged.check(all(mqs, 1n));
    await imaged.check([], mqs.slice(0, 3));
    imaged.freeSlots();
    await imaged.check([], [mqs[3]]);
    await imaged.check([[mqs[5], 2n]]);
    await imaged.check([[at(0, "d"), 2n]]);
    await imaged.check([[mqs[5], 3n], [at(0, "d"), 3n]]);
  });

  test(`P3 ${name}: a queue that becomes known meanwhile is not taken for one encoded`, async () => {
    const mqs = queues(2, "b", "c", "d");
    for (let when = 0; when < 2 * mqs.length; when++) {
      const imaged = new Imaged(options);
      let reads = 0;
      imaged.offsets.before = () => {
        if (reads++ === when) queueMicrotask(() => imaged.index.add(at(0, "a")));
      };
      await imaged.check(all(mqs, 1n));
      for (const mq of mqs) await imaged.check([[mq, 2n]]);
      for (const mq of mqs) await imaged.check([[mq, 345n]]);
      await imaged.check([[at(0, "a"), 5n]]);
    }
  });
}

test("P4 after an encoding that failed, nothing of it is kept", async () => {
  const error = new RangeError("no memory");
  for (let when = 0; when < 4; when++) {
    const imaged = new Imaged({ format: "java", checksum: true });
    const [a, b] = [at(0, "a"), at(0, "b")];
    await imaged.check([[a, 1n], [b, 1n]]);
    let reads = 0;
    imaged.offsets.before = () => {
      if (reads++ === when) throw error;
    };
    await assert.rejects(imaged.encode([[a, 2n], [b, 2n]]), error);
    // As it was: that is no change.
    imaged.offsets.before = () => {};
    for (const slot of [0, 1]) imaged.offsets.set(slot, 1n);
    await imaged.check([]);
  }
});

test("P6 an image of more than 16 MiB is not kept, one of just that is", async () => {
  const mq = (length: number) => at(0, "x".repeat(length));
  // With room for the longest tail.
  const small = await new Imaged({ format: "go", checksum: false }).encode([[mq(0), 1n]]);
  const { byteLength: others } = small.buffer;
  for (const [length, isKept] of [[2 ** 24, true], [2 ** 24 + 1, false]] as const) {
    const imaged = new Imaged({ format: "go", checksum: false });
    const bytes = await imaged.encode([[mq(length - others), 1n]]);
    assert.equal(bytes.buffer.byteLength, length);
    const again = await imaged.encode([[mq(length - others), 2n]]);
    assert.equal(again.buffer === bytes.buffer, isKept);
  }
});

test("S2 a long image that grows, a little or a lot, is the same as one made anew", async () => {
  for (const format of ["go", "java"] as const) {
    const imaged = new Imaged({ format, checksum: true });
    await imaged.check(all(queues(12_000, "topic"), 1n));
    const first = await imaged.encode([[at(0, "another"), 1n]]);
    await imaged.check([[at(1, "another"), 1n]]);
    assert.ok(first.buffer.byteLength > first.length, "there is room for a few more");
    await imaged.check(all(queues(6000, "more"), 1n));
    await imaged.check([[at(0, "topic"), 10n ** 18n]]);
  }
});

test("P1 while a large image is made others have their turns, and a small one is made at once", async () => {
  for (const [count, atLeast, atMost] of [[1000, 0, 0], [20_000, 4, Infinity]]) {
    const imaged = new Imaged({ format: "go", checksum: true });
    const set = all(queues(count, "topic"), 1n);
    let turns = 0;
    const turn = () => {
      turns++;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    await imaged.encode(set);
    clearImmediate(next);
    assert.ok(turns >= atLeast && turns <= atMost, `${turns} turns for ${count} queues`);
  }
});

test("S2 J3 without a checksum option, only an image with a generation has a checksum", async () => {
  for (const format of ["go", "java"] as const) {
    const imaged = new Imaged({ format, checksum: false });
    for (
      const [number, isSummed] of [[undefined, false], [7, true], [undefined, false], [
        8,
        true,
      ]] as const
    ) {
      const text = decoder.decode(await imaged.check([[at(0), BigInt(number ?? 1)]], [], number));
      assert.equal(text.includes("crc32"), isSummed);
      assert.equal(text.includes("generation"), isSummed);
    }
  }
});

test("S5 the checksum does not cover forgotten text either", async () => {
  const imaged = new Imaged({ format: "java", checksum: true });
  await imaged.check([[at(0, "a"), 1n], [at(0, "b"), 1n]]);
  imaged.image.forget();
  imaged.offsets.set(0, 2n);
  const bytes = await imaged.check([[at(0, "b"), 2n]]);
  assert.ok(parse(decoder.decode(bytes)).equals(tableOf(imaged)));
});
