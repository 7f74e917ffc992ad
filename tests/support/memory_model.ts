/** What a store holds in memory, once more: in a `Map`, and side by side with the table. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { takesOffset } from "../../src/core/rules/apply_update.ts";
import { type ConflictChoice, type Offset, OffsetTable } from "../../src/core/mod.ts";
import { OffsetColumn } from "../../src/core/table/offset_column.ts";
import { QueueIndex } from "../../src/core/table/queue_index.ts";
import { applyChanges } from "../../src/file/commit/changes.ts";
import { MemoryTable } from "../../src/file/store/memory_table.ts";
import { offset, POOL } from "../../scripts/lib/arbitraries.ts";

/** A column with these offsets, by slot. */
export function columnOf(...offsets: (Offset | undefined)[]): OffsetColumn {
  const column = new OffsetColumn();
  offsets.forEach((offset, slot) => offset === undefined || column.set(slot, offset));
  return column;
}

/** Changes as they are easily compared. */
export const plain = ({ slots, offsets, deleted }: ReturnType<MemoryTable["takeChanges"]>) => ({
  set: Array.from(slots, (slot, i) => [slot, offsets.get(i)]),
  deleted,
});

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

  mergeForeign(column: OffsetColumn): void {
    for (const [slot, { offset, frozen }] of this.held) {
      const other = column.get(slot);
      if (frozen && other !== undefined && other > offset) {
        this.touched.delete(slot);
        continue;
      }
      if (other !== undefined) this.update(slot, other, true);
      this.touched.add(slot);
    }
  }

  /** C4, in its own words. */
  resolve(choice: ConflictChoice, column: OffsetColumn): void {
    const mine = new Map(this.held);
    this.touched.clear();
    if (choice === "theirs") this.held.clear();
    for (const slot of POOL.keys()) {
      const theirs = column.get(slot);
      const own = mine.get(slot);
      if (choice === "theirs" && theirs !== undefined) {
        this.held.set(slot, { offset: theirs, frozen: false });
      }
      if (choice === "mine" && own !== undefined) this.touched.add(slot);
      if (choice !== "max" || own === undefined) continue;
      const isGreater = theirs !== undefined && theirs > own.offset;
      if (!isGreater) this.touched.add(slot);
      else if (!own.frozen) this.held.set(slot, { offset: theirs, frozen: false });
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
/** An offset, or none. */
export const maybe = fc.option(offset, { nil: undefined });
const kind = <K extends string>(name: K) => fc.constant(name);
/** A call of a table. */
export const step = fc.oneof(
  fc.record({ kind: kind("update"), slot, offset, increaseOnly: fc.boolean() }),
  fc.record({ kind: kind("update"), slot, offset, increaseOnly: fc.boolean() }),
  fc.record({ kind: kind("freeze"), slot, offset }),
  fc.record({ kind: kind("remove"), slot }),
  fc.record({ kind: kind("restore"), slot }),
  fc.record({ kind: kind("merge"), offsets: fc.array(maybe, { maxLength: POOL.length }) }),
  fc.record({
    kind: kind("resolve"),
    choice: fc.constantFrom<ConflictChoice[]>("theirs", "mine", "max"),
    offsets: fc.array(maybe, { maxLength: POOL.length }),
  }),
  fc.record({ kind: kind("take"), deleting }),
  fc.record({ kind: kind("touch"), slots: fc.array(slot) }),
  fc.record({ kind: kind("touch all") }),
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A table and its model, side by side. */
export class Pair {
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
    } else if (step.kind === "merge") {
      this.#adopt(step.offsets);
      memory.mergeForeign(durable);
      model.mergeForeign(durable);
    } else if (step.kind === "resolve") {
      this.#adopt(step.offsets);
      memory.resolve(step.choice, durable);
      model.resolve(step.choice, durable);
    } else if (step.kind === "take") {
      const changes = memory.takeChanges(durable, step.deleting);
      const { set, deleted } = plain(changes);
      const expected = model.takeChanges(durable, step.deleting);
      assert.deepEqual({ set: set.sort(bySlot), deleted }, expected);
      applyChanges(durable, changes);
      memory.settle(durable, changes);
    } else {
      const slots = step.kind === "touch" ? step.slots : undefined;
      memory.touch(slots);
      for (const slot of slots ?? POOL.keys()) model.touched.add(slot);
    }
  }

  /** The files are known to hold somebody else's table from now on. */
  #adopt(offsets: readonly (Offset | undefined)[]): void {
    for (const slot of POOL.keys()) {
      const offset = offsets[slot];
      if (offset === undefined) this.durable.delete(slot);
      else this.durable.set(slot, offset);
    }
  }

  compare(): void {
    const { memory, durable, model: { held } } = this;
    assert.equal(memory.size, held.size);
    POOL.forEach((_, at) => assert.equal(memory.get(at), held.get(at)?.offset));
    const different = [...held].filter(([at, { offset }]) => durable.get(at) !== offset);
    assert.equal(memory.dirty, different.length);
    const expected = OffsetTable.from([...held].map(([at, { offset }]) => [POOL[at], offset]));
    assert.deepEqual([...memory.snapshot()], [...expected]);
    for (const { topic } of POOL) {
      assert.deepEqual([...memory.snapshot(topic)], [...expected.forTopic(topic)]);
    }
  }
}
