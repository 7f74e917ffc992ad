import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { QueueTurns } from "../../src/remote/queue_turns.ts";
import { check } from "../support/check.ts";

test("turns: never two of a slot, never more than the bound, and each slot's in order", async () => {
  const tasks = fc.array(fc.record({
    slot: fc.nat({ max: 3 }),
    ticks: fc.nat({ max: 4 }),
    fails: fc.boolean(),
  }));
  const property = fc.asyncProperty(tasks, fc.integer({ min: 1, max: 4 }), async (tasks, most) => {
    const turns = new QueueTurns(most);
    const running: number[] = [];
    const begun: [number, number][] = [];
    let widest = 0;
    const results = await Promise.allSettled(
      tasks.map(({ slot, ticks, fails }, i) =>
        turns.run(slot, async () => {
          assert.ok(!running.includes(slot), `two of slot ${slot}`);
          running.push(slot);
          begun.push([slot, i]);
          widest = Math.max(widest, running.length);
          for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
          running.splice(running.indexOf(slot), 1);
          if (fails) throw new Error(`task ${i}`);
          return i;
        })
      ),
    );
    assert.ok(widest <= most, `${widest} at once`);
    const slots = new Set(tasks.map(({ slot }) => slot));
    if (tasks.length > 0) assert.ok(widest >= Math.min(1, slots.size));
    for (const slot of slots) {
      const order = begun.filter(([each]) => each === slot).map(([, i]) => i);
      assert.deepEqual(order, order.toSorted((a, b) => a - b));
    }
    results.forEach((result, i) => {
      if (tasks[i].fails) {
        assert.equal((result as PromiseRejectedResult).reason.message, `task ${i}`);
      } else assert.deepEqual(result, { status: "fulfilled", value: i });
    });
  });
  await check(property, { numRuns: 300 });
});

test("turns: as many run at once as are allowed", async () => {
  const turns = new QueueTurns(3);
  let running = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => release = resolve);
  const all = [0, 1, 2, 3].map((slot) =>
    turns.run(slot, async () => {
      running++;
      await released;
    })
  );
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(running, 3);
  release();
  await Promise.all(all);
  assert.equal(running, 4);
});
