import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import fc from "fast-check";
import { atOnce, type Slices } from "../../../src/core/slices.ts";
import { CooperativeYield, inTurns } from "../../../src/file/fs/cooperative_yield.ts";
import { check } from "../../support/check.ts";

test("P1 work that is not much is not interrupted", () => {
  const pacer = new CooperativeYield(10);
  for (const work of [0, 3, 6, 0]) assert.equal(pacer.did(work), undefined);
});

test("P1 after much work others have their turn, again and again", async () => {
  const pacer = new CooperativeYield(10);
  for (const works of [[10], [9, 1], [3, 3, 3, 3], [100], [0, 0, 10]]) {
    for (const work of works.slice(0, -1)) assert.equal(pacer.did(work), undefined);
    let turns = 0;
    setImmediate(() => turns++);
    const turn = pacer.did(works.at(-1)!);
    assert.ok(turn instanceof Promise);
    assert.equal(turns, 0);
    await turn;
    assert.equal(turns, 1);
  }
});

test("P1 work in slices has the same result in turns and at once, and the same failure", async () => {
  await check(fc.asyncProperty(fc.array(fc.nat(3000)), fc.boolean(), async (slices, fails) => {
    const done: number[] = [];
    function* work(): Slices<number> {
      for (const queues of slices) {
        done.push(queues);
        yield queues;
      }
      if (fails) throw new RangeError("no memory");
      return slices.length;
    }
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const result = await inTurns(work()).catch((error) => error);
    isOver = true;
    const inOrder = done.splice(0);
    assert.deepEqual(inOrder, slices);
    if (fails) {
      assert.ok(result instanceof RangeError);
      assert.throws(() => atOnce(work()), RangeError);
    } else assert.equal(result, atOnce(work()));
    assert.deepEqual(done, slices);
    const all = slices.reduce((sum, queues) => sum + queues, 0);
    assert.ok(turns >= Math.floor(all / 5000), `${turns} turns for ${all} queues`);
  }));
});
