import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { CooperativeYield } from "../../../src/file/fs/cooperative_yield.ts";

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
