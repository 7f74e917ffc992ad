import { takesOffset } from "../../core/rules/apply_update.ts";
import { ensureCapacity } from "../../core/table/ensure_capacity.ts";
import { Int64Array } from "../../core/table/int64_array.ts";
import type { Offset } from "../../core/table/offset.ts";
import type { Comparison, OffsetColumn } from "../../core/table/offset_column.ts";
import type { OffsetTable } from "../../core/table/offset_table.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import type { Changes } from "../commit/changes.ts";
import { type ConflictChoice, type Held, resolveQueue } from "../../core/rules/resolve_conflict.ts";
import { DroppedSlots } from "./dropped_slots.ts";
import { snapshotOf } from "./memory_snapshot.ts";
import { comparedFlags, DIRTY, FROZEN, HELD, RISING, TOUCHED } from "./queue_flags.ts";
import { raiseTo } from "./raise_to.ts";
import { TouchedSlots } from "./touched_slots.ts";

/**
 * What a store holds in memory: the fold of `applyUpdate` over all updates, in O(1) for each.
 *
 * Offsets and flags lie in arrays, by the slot that the index gives a queue: an update allocates
 * nothing, and a persist looks only at what was touched. The input must have been checked.
 */
export class MemoryTable {
  readonly #index: QueueIndex;
  readonly #offsets = new Int64Array();
  #flags = new Uint8Array(0);
  readonly #touched = new TouchedSlots();
  #size = 0;
  /** How many removals and resolved conflicts there were since the last capture. */
  #otherChanges = 0;
  /** What the files hold, which it begins with. */
  #durable: OffsetColumn;
  #dirtyCount = 0;
  /** The slots of the queues that were dropped. */
  readonly dropped = new DroppedSlots();

  constructor(index: QueueIndex, durable: OffsetColumn) {
    this.#index = index;
    this.#durable = durable;
    this.#makeRoom(index.size);
    // The flag of a slot that is held is 1, and so it is in the column.
    durable.copyTo(index.size, this.#offsets, this.#flags);
    this.#size = durable.size;
  }

  get size(): number {
    return this.#size;
  }

  /** How many queues differ from the files. */
  get dirty(): number {
    return this.#dirtyCount;
  }

  get(slot: number | undefined): Offset | undefined {
    return this.has(slot) ? this.#offsets.get(slot) : undefined;
  }

  update(slot: number, offset: Offset, increaseOnly: boolean): void {
    const flags = this.#flags[slot];
    if ((flags & FROZEN) !== 0) return;
    if ((flags & HELD) === 0) return this.#set(slot, offset, HELD);
    if (!(increaseOnly ? this.#offsets.raise(slot, offset) : this.#replace(slot, offset))) return;
    if (increaseOnly && (flags & RISING) === RISING) return;
    this.#judge(slot);
    this.#touch(slot);
  }

  #replace(slot: number, offset: Offset): boolean {
    if (!takesOffset(this.#offsets.get(slot), offset, false)) return false;
    this.#offsets.set(slot, offset);
    return true;
  }

  updateAndFreeze(slot: number, offset: Offset): void {
    this.#set(slot, offset, HELD | FROZEN);
  }

  /** Forgets a queue in memory alone (D1), and answers what was held, for `restore`. */
  remove(slot: number): Held | undefined {
    const held = this.#heldAt(slot);
    if (held !== undefined) {
      this.#drop(slot);
      this.#otherChanges++;
    }
    return held;
  }

  /** Takes over what the file holds of a queue that memory lacks: that is no change (R3, C3). */
  adopt(slot: number, offset: Offset): void {
    if (this.has(slot)) return;
    this.#makeRoom(slot + 1);
    this.#hold(slot, offset, HELD);
  }

  /** Puts back what was removed, unless the queue has a newer offset. */
  restore(slot: number, held: Held | undefined): void {
    if (held === undefined || this.has(slot)) return;
    this.#set(slot, held.offset, held.frozen ? HELD | FROZEN : HELD);
  }

  /** Merges what somebody else has written: the greater offset of each queue counts (P9). */
  mergeForeign(column: OffsetColumn): void {
    this.#begin(column);
    const found = raiseTo(column, this.#index.size, this.#offsets, this.#flags);
    this.#markAll(found);
    for (let slot = 0; slot < found.length; slot++) {
      if (found[slot] > 0 && this.has(slot)) this.#touch(slot);
    }
  }

  /**
   * Resolves a conflict (C4).
   *
   * After `"theirs"` nothing needs to be written. Otherwise this store's table must be, even if it is the
   * last one that was acknowledged.
   */
  resolve(choice: ConflictChoice, column: OffsetColumn): void {
    this.#otherChanges = choice === "theirs" ? 0 : 1;
    this.#begin(column);
    for (let slot = 0; slot < this.#index.size; slot++) {
      const held = this.#heldAt(slot);
      const { memory, file } = resolveQueue(choice, held, column.get(slot));
      if (memory === undefined) this.#drop(slot);
      else {
        this.#hold(slot, memory.offset, memory.frozen ? HELD | FROZEN : HELD);
        // The next capture looks at the queues whose offset in memory belongs into the file.
        if (choice !== "theirs" && memory.offset === file) this.#touch(slot);
      }
    }
  }

  /** Begins with what somebody else has written, and with nothing that a persist must look at. */
  #begin(column: OffsetColumn): void {
    this.#durable = column;
    this.#makeRoom(this.#index.size);
    this.#touched.clear(this.#flags);
  }

  /**
   * Takes note of what the files hold after a commit, whether it succeeded or not.
   *
   * @param changes The changes that it captured: nothing else in the column has changed.
   */
  settle(column: OffsetColumn, { slots, deleted }: Changes): void {
    this.#durable = column;
    for (let i = 0; i < slots.length; i++) this.#judge(slots[i]);
    for (const slot of deleted) {
      this.#judge(slot);
      this.dropped.add(slot);
    }
  }

  /**
   * Takes what must be written over a column: the queues that were touched since the last time,
   * and hold another offset than it; and those that are deleted, unless they have one again. The
   * answer is good until the next.
   */
  takeChanges(column: OffsetColumn, deleting: readonly number[]): Changes {
    if (column !== this.#durable) {
      this.#durable = column;
      this.#markAll(column.compareAll(this.#index.size, this.#offsets));
    }
    const memory = this.#touched.size + this.#otherChanges > 0 ? "touched" : "untouched";
    this.#otherChanges = 0;
    const changed = this.#touched.takeDifferent(this.#flags, column, this.#offsets);
    const deleted = deleting.filter((slot) => !this.has(slot) && column.get(slot) !== undefined);
    return { ...changed, deleted, memory };
  }

  /** Makes the next capture look again at changes that were not made durable. */
  giveBack({ slots, memory }: Changes): void {
    this.touch(slots);
    if (memory === "touched") this.#otherChanges++;
  }

  /** Makes the next persist look again at queues that are held; at all of them by default. */
  touch(slots: Iterable<number> = this.#flags.keys()): void {
    for (const slot of slots) if (this.has(slot)) this.#touch(slot);
  }

  snapshot(topic?: string): OffsetTable {
    return snapshotOf(this, this.#index, topic);
  }

  has(slot: number | undefined): slot is number {
    // Beyond the array's end there is nothing, which counts as 0.
    return (this.#flags[slot!] & HELD) !== 0;
  }

  #heldAt(slot: number): Held | undefined {
    const offset = this.get(slot);
    return offset === undefined
      ? undefined
      : { offset, frozen: (this.#flags[slot] & FROZEN) !== 0 };
  }

  #drop(slot: number): void {
    this.#size -= this.#flags[slot] & HELD;
    this.#flags[slot] &= ~(HELD | FROZEN);
    this.#judge(slot);
    this.dropped.add(slot);
  }

  #set(slot: number, offset: Offset, flags: number): void {
    this.#makeRoom(slot + 1);
    this.#hold(slot, offset, flags);
    this.#touch(slot);
  }

  #hold(slot: number, offset: Offset, flags: number): void {
    this.#size += 1 - (this.#flags[slot] & HELD);
    this.#offsets.set(slot, offset);
    this.#flags[slot] = flags | this.#flags[slot] & ~(HELD | FROZEN);
    this.#judge(slot);
  }

  /** Compares a queue with the file. */
  #judge(slot: number): void {
    this.#mark(slot, this.#durable.compare(slot, this.#offsets));
  }

  #mark(slot: number, found: Comparison): void {
    const before = this.#flags[slot];
    const after = comparedFlags(before, found);
    if (before === after) return;
    this.#flags[slot] = after;
    if (((before ^ after) & DIRTY) !== 0) this.#dirtyCount += (after & DIRTY) === 0 ? -1 : 1;
  }

  #markAll(found: Int8Array): void {
    for (let slot = 0; slot < found.length; slot++) {
      this.#mark(slot, found[slot] as Comparison);
      if (!this.has(slot)) this.dropped.add(slot);
    }
  }

  #touch(slot: number): void {
    if ((this.#flags[slot] & TOUCHED) !== 0) return;
    this.#flags[slot] |= TOUCHED;
    this.#touched.add(slot);
  }

  #makeRoom(size: number): void {
    this.#offsets.makeRoom(size);
    this.#flags = ensureCapacity(this.#flags, size);
    this.#touched.makeRoom(size);
  }
}
