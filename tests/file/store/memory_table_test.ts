/** What a store holds in memory, against the same with a `Map` of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Offset } from "../../../src/core/mod.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { applyChanges } from "../../../src/file/commit/changes.ts";
import { MemoryTable } from "../../../src/file/store/memory_table.ts";
import { POOL } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { columnOf, maybe, Pair, plain, step } from "../../support/memory_model.ts";
import { queue } from "../../support/store_directory.ts";

/** An index that knows queues 0 to n − 1. */
function indexOf(n: number): QueueIndex {
  const index = new QueueIndex();
  for (let id = 0; id < n; id++) index.add(queue(id));
  return index;
}

/** A table over as many queues, and what it begins with. */
function memoryOf(...offsets: (Offset | undefined)[]): MemoryTable {
  return new MemoryTable(indexOf(offsets.length), columnOf(...offsets));
}

const NOTHING = { set: [], deleted: [] };

test("U1–U4 U7 D1 whatever is called, memory holds what a Map holds, and knows what has changed", () => {
  const begin = fc.array(maybe, { maxLength: POOL.length });
  check(fc.property(begin, fc.array(step, { maxLength: 40, size: "max" }), (begin, steps) => {
    const pair = new Pair(begin);
    for (const step of steps) {
      pair.run(step);
      pair.compare();
    }
  }));
});

test("P6 offsets that memory begins with are not to be written", () => {
  const memory = memoryOf(1n, undefined, 3n);
  assert.equal(memory.size, 2);
  assert.deepEqual([0, 1, 2, 3, undefined].map((slot) => memory.get(slot)), [
    1n,
    undefined,
    3n,
    undefined,
    undefined,
  ]);
  assert.deepEqual(plain(memory.takeChanges(columnOf(), [])), NOTHING, "nothing was touched");
});

test("P6 a queue that is updated often is written once, with its last offset", () => {
  const memory = memoryOf(1n, 1n, 1n);
  for (const offset of [2n, 3n, 4n]) memory.update(1, offset, true);
  memory.touch([1, 1, 0]);
  const durable = columnOf(1n, 1n, 1n);
  assert.deepEqual(plain(memory.takeChanges(durable, [])), { set: [[1, 4n]], deleted: [] });
  assert.deepEqual(plain(memory.takeChanges(durable, [])), NOTHING, "it was taken");
  memory.touch([1]);
  memory.touch([1]);
  assert.deepEqual(plain(memory.takeChanges(durable, [])), { set: [[1, 4n]], deleted: [] });
  memory.update(1, 1n, false);
  assert.deepEqual(plain(memory.takeChanges(durable, [])), NOTHING, "it is as it was");
});

test("P1 P6 a few changes and many are taken alike, all or some, and so applied", () => {
  for (const count of [1, 2, 1023, 1024, 1025, 3000]) {
    for (const same of [[], [0], [count - 1], [0, count - 1]]) {
      const memory = memoryOf(...Array.from({ length: count }, () => 1n));
      const durable = columnOf(...Array.from({ length: count }, () => 1n));
      // Those of which the file holds just this already; and one is negative, in both halves.
      const offsetOf = (slot: number) => same.includes(slot) ? 1n : 2n ** 40n * BigInt(slot) - 7n;
      for (let slot = 0; slot < count; slot++) {
        memory.update(slot, 2n, false);
        memory.update(slot, offsetOf(slot), false);
      }
      const changes = memory.takeChanges(durable, []);
      const slots = Array.from({ length: count }, (_, slot) => slot);
      const differ = slots.filter((slot) => !same.includes(slot));
      assert.deepEqual(plain(changes).set, differ.map((slot) => [slot, offsetOf(slot)]));
      applyChanges(durable, changes);
      assert.deepEqual(slots.map((slot) => durable.get(slot)), slots.map(offsetOf));
      assert.equal(durable.size, count);
    }
  }
});

test("P4 touch() has the next persist look at every queue that is held", () => {
  const memory = memoryOf(1n, undefined, 3n);
  memory.touch();
  assert.deepEqual(plain(memory.takeChanges(columnOf(1n, 2n), [])), {
    set: [[2, 3n]],
    deleted: [],
  });
  memory.touch();
  memory.touch([]);
  assert.deepEqual(plain(memory.takeChanges(columnOf(), [])).set.length, 2);
});

test("D2 a deletion is of a queue that the file has and memory has not", () => {
  const memory = memoryOf(1n, 2n, undefined);
  memory.remove(0);
  assert.deepEqual(plain(memory.takeChanges(columnOf(1n, 2n), [0, 1, 2])), {
    set: [],
    deleted: [0],
  });
  assert.deepEqual(plain(memory.takeChanges(columnOf(1n, 2n), [])), NOTHING, "D1 it stays");
});

test("U1 a queue that was removed has no offset, so that it takes any", () => {
  const memory = memoryOf(5n, 0n);
  assert.deepEqual(memory.remove(0), { offset: 5n, frozen: false });
  assert.equal(memory.remove(0), undefined);
  assert.equal(memory.size, 1);
  memory.update(0, -3n, true);
  assert.equal(memory.get(0), -3n);
  // As does one that was never there, whose place in the array is 0.
  memory.update(2, -3n, true);
  assert.equal(memory.get(2), -3n);
  assert.equal(memory.size, 3);
});

test("U7 a frozen queue is as it is until it is removed, and is restored as it was", () => {
  const memory = memoryOf(5n);
  memory.updateAndFreeze(0, 3n);
  memory.update(0, 9n, true);
  memory.update(0, 9n, false);
  memory.mergeForeign(columnOf(9n));
  assert.equal(memory.get(0), 3n);
  const held = memory.remove(0);
  assert.deepEqual(held, { offset: 3n, frozen: true });
  memory.restore(0, held);
  memory.update(0, 9n, true);
  assert.equal(memory.get(0), 3n);
  memory.remove(0);
  memory.update(0, 9n, true);
  memory.restore(0, held);
  memory.update(0, 10n, true);
  assert.equal(memory.get(0), 10n, "the newer one was not replaced");
  memory.remove(0);
  memory.restore(0, undefined);
  assert.equal(memory.size, 0);
  memory.restore(0, { offset: 1n, frozen: false });
  memory.update(0, 2n, true);
  assert.equal(memory.get(0), 2n);
});

test("P9 a merge raises what is held, and brings nothing that is not", () => {
  const memory = memoryOf(5n, undefined, 5n, 5n, 5n);
  memory.mergeForeign(columnOf(7n, 7n, 3n, undefined));
  assert.deepEqual([0, 1, 2, 3, 4].map((slot) => memory.get(slot)), [7n, undefined, 5n, 5n, 5n]);
  assert.equal(memory.size, 4);
});

test("P9 after a merge all that memory holds is compared with the file again", () => {
  const memory = memoryOf(5n, undefined, 5n, 5n);
  const foreign = columnOf(7n, 7n, 3n, undefined);
  memory.mergeForeign(foreign);
  assert.deepEqual(plain(memory.takeChanges(foreign, [])), {
    set: [[2, 5n], [3, 5n]],
    deleted: [],
  });
});

test("P9 U7 a merge leaves a greater offset of a frozen queue in the file, and a lower one not", () => {
  for (
    const [theirs, isWritten] of [[9n, false], [3n, false], [2n, true], [undefined, true]] as const
  ) {
    const memory = memoryOf(1n, 1n);
    memory.updateAndFreeze(0, 3n);
    const foreign = columnOf(theirs, 1n);
    memory.mergeForeign(foreign);
    assert.equal(memory.get(0), 3n);
    const { set } = plain(memory.takeChanges(foreign, []));
    assert.deepEqual(set, isWritten ? [[0, 3n]] : []);
    // A later freeze at another offset is written, whatever the file holds.
    memory.updateAndFreeze(0, 4n);
    assert.deepEqual(plain(memory.takeChanges(foreign, [])).set, [[0, 4n]]);
  }
});

test("P9 a merge passes over the queues that it names, and no others", () => {
  const slots = fc.array(fc.nat(5), { maxLength: 10 });
  check(fc.property(slots, slots, (touched, frozen) => {
    const memory = memoryOf(...Array.from({ length: 6 }, () => 1n));
    for (const slot of frozen) memory.updateAndFreeze(slot, 2n);
    for (const slot of touched) memory.update(slot, 3n, true);
    const foreign = columnOf(...Array.from({ length: 6 }, () => 3n));
    memory.mergeForeign(foreign);
    // Nothing is lower than theirs, but what is frozen.
    assert.deepEqual(plain(memory.takeChanges(foreign, [])), NOTHING);
    memory.touch();
    const expected = [...new Set(frozen)].sort().map((slot) => [slot, 2n]);
    assert.deepEqual(plain(memory.takeChanges(foreign, [])).set, expected);
  }));
});

test("P6 dirty queues are those that are held with another offset than the file's", () => {
  const memory = memoryOf(1n, 2n, undefined, 4n);
  const isDirty = (expected: number) => assert.equal(memory.dirty, expected);
  isDirty(0);
  memory.update(0, 5n, true);
  memory.update(2, 1n, true);
  isDirty(2);
  memory.update(0, 1n, false);
  isDirty(1);
  // Below what the file holds, and up to it again.
  memory.update(1, 0n, false);
  isDirty(2);
  memory.update(1, 2n, true);
  isDirty(1);
  memory.remove(2);
  memory.remove(3);
  isDirty(0);
  memory.mergeForeign(columnOf(1n, 1n));
  isDirty(1);
  memory.takeChanges(columnOf(7n, 7n), []);
  isDirty(2);
});

test("P6 a queue is not dirty after a commit, unless it was changed meanwhile", () => {
  const memory = memoryOf(1n, 1n, 1n, undefined);
  const durable = columnOf(1n, 1n, 1n);
  for (const slot of [0, 1, 2, 3]) memory.update(slot, 5n, true);
  const changes = memory.takeChanges(durable, []);
  assert.equal(memory.dirty, 4, "it is not written yet");
  memory.update(1, 6n, true);
  memory.update(2, 1n, false);
  memory.remove(3);
  assert.equal(memory.dirty, 2, "one is as it was, and one is gone");
  memory.settle(durable, changes);
  assert.equal(memory.dirty, 2, "that did not succeed");
  applyChanges(durable, changes);
  memory.settle(durable, changes);
  assert.equal(memory.dirty, 2);
  assert.deepEqual(plain(memory.takeChanges(durable, [])).set, [[1, 6n], [2, 1n]]);
});

test("P9 a merge does what the rule of a conflict says for the maximum, queue by queue", () => {
  const begin = fc.array(maybe, { maxLength: POOL.length });
  const calls = fc.array(step, { maxLength: 20, size: "max" });
  check(fc.property(begin, calls, begin, (begin, steps, theirs) => {
    const [merged, resolved] = [new Pair(begin), new Pair(begin)];
    for (const pair of [merged, resolved]) for (const each of steps) pair.run(each);
    const column = columnOf(...theirs);
    merged.memory.mergeForeign(column);
    resolved.memory.resolve("max", column);
    assert.equal(merged.memory.dirty, resolved.memory.dirty);
    assert.deepEqual([...merged.memory.snapshot()], [...resolved.memory.snapshot()]);
    const changes = [merged, resolved].map(({ memory }) => {
      const { set } = plain(memory.takeChanges(column, []));
      return set.sort(([a], [b]) => Number(a) - Number(b));
    });
    assert.deepEqual(changes[0], changes[1]);
    // A frozen queue stays frozen.
    for (const { memory } of [merged, resolved]) {
      for (const slot of POOL.keys()) memory.update(slot, 2n ** 62n, true);
    }
    assert.deepEqual([...merged.memory.snapshot()], [...resolved.memory.snapshot()]);
  }));
});
