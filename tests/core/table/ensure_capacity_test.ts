import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureCapacity } from "../../../src/core/table/ensure_capacity.ts";

test("U4 an array that is long enough is not copied", () => {
  const array = Uint8Array.of(1, 2, 3);
  for (const length of [0, 2, 3]) assert.equal(ensureCapacity(array, length), array);
});

test("U4 an array that is too short is copied into one that is longer by half than asked", () => {
  assert.deepEqual(ensureCapacity(Uint8Array.of(1, 2, 3), 4), Uint8Array.of(1, 2, 3, 0, 0, 0));
  assert.deepEqual(ensureCapacity(Int32Array.of(-1), 2), Int32Array.of(-1, 0, 0));
  assert.deepEqual(ensureCapacity(new Uint32Array(0), 1), Uint32Array.of(0));
  assert.deepEqual(ensureCapacity(BigInt64Array.of(-1n), 2), BigInt64Array.of(-1n, 0n, 0n));
});

test("U4 growing one by one copies seldom", () => {
  let [array, copies] = [new Uint8Array(0), 0];
  for (let length = 1; length <= 1000; length++) {
    const longer = ensureCapacity(array, length);
    if (longer !== array) copies++;
    array = longer;
  }
  assert.ok(copies < 20, `${copies} copies`);
});
