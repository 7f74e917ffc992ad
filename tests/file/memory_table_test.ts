/** What a store holds in memory, against the same with a `Map` of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { takesOffset } from "../../src/core/apply_update.ts";
import { type Offset, OffsetTable } from "../../src/core/mod.ts";
import { OffsetColumn } from "../../src/core/offset_column.ts";
import { QueueIndex } from "../../src/core/queue_index.ts";
import { applyChanges, entriesOf, isEmpty } from "../../src/file/changes.ts";
import { MemoryTable } from "../../src/file/memory_table.ts";
import { offset, POOL } from "../support/arbitraries.ts";
import { check } from "../support/check.ts";
import { queue } from "../support/store_directory.ts";

/** A column with these offsets, by slot. */
function columnOf(...offsets: (Offset | undefined)[]): OffsetColumn {
  const column = new OffsetColumn();
  offsets.forEach((offset, slot) => offset === undefined || column.set(slot, offset));
  return column;
}

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

const plain = ({ slots, offsets, deleted }: ReturnType<MemoryTable["takeChanges"]>) => ({
  set: slots.map((slot, i) => [slot, offsets[i]]),
  deleted,
});

const NOTHING = { set: [], deleted: [] };

/** The clauses once more: what a Map holds. */
class Model {
  readonly held = new Map<number, { offset: Offset; frozen: boolean }>();
  readonly touched = new Set<number>();

  set(slot: number, offset: Offset, frozen: boolean): void {
    this.held.set(slot, { offset, frozen });
    this.touched.add(slot);
  }

  update(slot: number, offset: Offset, increaseOnly: boolean): void {
    const held = this.held.get(slot);
    if (held?.frozen !== true && takesOffset(held?.offset, offset, increaseOnly)) {
      this.set(slot, offset, false);
    }
  }

  raiseTo(column: OffsetColumn): void {
    for (const slot of this.held.keys()) {
      const other = column.get(slot);
      if (other !== undefined) this.update(slot, other, true);
    }
  }

  takeChanges(column: OffsetColumn, deleting: number[]) {
    const differs = ([slot, { offset }]: [number, { offset: Offset }]) =>
      this.touched.has(slot) && offset !== column.get(slot);
    const set = [...this.held].filter(differs).map(([slot, { offset }]) => [slot, offset]);
    this.touched.clear();
    const isDeleted = (slot: number) => !this.held.has(slot) && column.get(slot) !== undefined;
    return { set: set.sort(bySlot), deleted: deleting.filter(isDeleted) };
  }
}

const bySlot = (a: unknown[], b: unknown[]) => Number(a[0]) - Number(b[0]);

const slot = fc.nat({ max: POOL.length - 1 });
const deleting = fc.uniqueArray(slot, { maxLength: 3 });
const maybe = fc.option(offset, { nil: undefined });
const kind = <K extends string>(name: K) => fc.constant(name);
const step = fc.oneof(
  fc.record({ kind: kind("update"), slot, offset, increaseOnly: fc.boolean() }),
  fc.record({ kind: kind("update"), slot, offset, increaseOnly: fc.boolean() }),
  fc.record({ kind: kind("freeze"), slot, offset }),
  fc.record({ kind: kind("remove"), slot }),
  fc.record({ kind: kind("restore"), slot }),
  fc.record({ kind: kind("raise"), offsets: fc.array(maybe, { maxLength: POOL.length }) }),
  fc.record({ kind: kind("take"), deleting }),
  fc.record({ kind: kind("touch"), slots: fc.array(slot) }),
  fc.record({ kind: kind("touch all") }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A table and its model, side by side. */
class Pair {
  readonly index = new QueueIndex();
  readonly durable: OffsetColumn;
  readonly memory: MemoryTable;
  readonly model = new Model();
  #removed: { offset: Offset; frozen: boolean } | undefined;

  constructor(begin: readonly (Offset | undefined)[]) {
    for (const mq of POOL.slice(0, begin.length)) this.index.add(mq);
    this.durable = columnOf(...begin);
    this.memory = new MemoryTable(this.index, this.durable);
    begin.forEach((offset, slot) => offset === undefined || this.model.set(slot, offset, false));
    this.model.touched.clear();
    // The others come later.
    for (const mq of POOL) this.index.add(mq);
  }

  run(step: Step): void {
    const { memory, model, durable } = this;
    if (step.kind === "update") {
      memory.update(step.slot, step.offset, step.increaseOnly);
      model.update(step.slot, step.offset, step.increaseOnly);
    } else if (step.kind === "freeze") {
      memory.updateAndFreeze(step.slot, step.offset);
      model.set(step.slot, step.offset, true);
    } else if (step.kind === "remove") {
      this.#removed = memory.remove(step.slot);
      assert.deepEqual(this.#removed, model.held.get(step.slot));
      model.held.delete(step.slot);
    } else if (step.kind === "restore") {
      memory.restore(step.slot, this.#removed);
      if (this.#removed !== undefined && !model.held.has(step.slot)) {
        model.set(step.slot, this.#removed.offset, this.#removed.frozen);
      }
    } else if (step.kind === "raise") {
      memory.raiseTo(columnOf(...step.offsets));
      model.raiseTo(columnOf(...step.offsets));
    } else if (step.kind === "take") {
      const changes = memory.takeChanges(durable, step.deleting);
      const { set, deleted } = plain(changes);
      const expected = model.takeChanges(durable, step.deleting);
      assert.deepEqual({ set: set.sort(bySlot), deleted }, expected);
      applyChanges(durable, changes);
    } else {
      const slots = step.kind === "touch" ? step.slots : undefined;
      memory.touch(slots);
      for (const slot of slots ?? POOL.keys()) model.touched.add(slot);
    }
  }

  compare(): void {
    const { memory, durable, model: { held } } = this;
    assert.equal(memory.size, held.size);
    POOL.forEach((_, at) => assert.equal(memory.get(at), held.get(at)?.offset));
    const different = [...held].filter(([at, { offset }]) => durable.get(at) !== offset);
    assert.equal(memory.countDifferent(durable), different.length);
    const expected = OffsetTable.from([...held].map(([at, { offset }]) => [POOL[at], offset]));
    assert.deepEqual([...memory.snapshot()], [...expected]);
    for (const { topic } of POOL) {
      assert.deepEqual([...memory.snapshot(topic)], [...expected.forTopic(topic)]);
    }
  }
}

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

test("P6 what memory begins with is not to be written", () => {
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
  memory.raiseTo(columnOf(9n));
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
  memory.raiseTo(columnOf(7n, 7n, 3n, undefined));
  assert.deepEqual([0, 1, 2, 3, 4].map((slot) => memory.get(slot)), [7n, undefined, 5n, 5n, 5n]);
  assert.equal(memory.size, 4);
});

test("P6 dirty queues are those that are held with another offset than the file's", () => {
  const memory = memoryOf(1n, 2n, undefined, 4n);
  assert.equal(memory.countDifferent(columnOf(1n, 3n, 3n)), 2);
  assert.equal(memory.countDifferent(columnOf(1n, 2n, 3n, 4n, 5n)), 0);
});

test("P1 changes tell whether there are any, change a column, and name the queues", () => {
  const [index, column] = [indexOf(3), columnOf(1n, 2n)];
  const changes = { slots: [2, 0], offsets: BigInt64Array.of(-7n, 9n), deleted: [1] };
  assert.deepEqual(entriesOf(index, changes), [[queue(2), -7n], [queue(0), 9n]]);
  applyChanges(column, changes);
  assert.deepEqual([0, 1, 2].map((slot) => column.get(slot)), [9n, undefined, -7n]);
  const none = { slots: [], offsets: new BigInt64Array(0), deleted: [] };
  assert.equal(isEmpty(none), true);
  assert.equal(isEmpty(changes), false);
  assert.equal(isEmpty({ ...none, deleted: [1] }), false);
  assert.equal(isEmpty({ ...changes, deleted: [] }), false);
});
