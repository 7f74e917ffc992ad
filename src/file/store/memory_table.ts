import { takesOffset } from "../../core/rules/apply_update.ts";
import { ensureCapacity } from "../../core/table/ensure_capacity.ts";
import { Int64Array } from "../../core/table/int64_array.ts";
import type { MessageQueue } from "../../core/table/message_queue.ts";
import type { Offset } from "../../core/table/offset.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import { OffsetTable } from "../../core/table/offset_table.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import type { Changes } from "../commit/changes.ts";
import { type ConflictChoice, type Held, resolveQueue } from "../../core/rules/resolve_conflict.ts";

const HELD = 1;
const FROZEN = 2;
/** Among those that a persist must look at. */
const TOUCHED = 4;

/** So many changes are told in arrays that are used again. */
const FEW = 1024;

/**
 * What a store holds in memory: the fold of `applyUpdate` over all updates, in O(1) for each.
 *
 * Offsets and flags lie in arrays, by the slot that the index gives a queue: an update allocates
 * nothing, and a persist looks only at what was touched. It expects checked input, and an index
 * that knows the queues.
 */
export class MemoryTable {
  readonly #index: QueueIndex;
  readonly #offsets = new Int64Array();
  #flags = new Uint8Array(0);
  /** The slots with that flag, each once, as many as are counted. */
  #touched = new Uint32Array(0);
  #touchedCount = 0;
  #size = 0;
  /** How many removals and resolved conflicts there were since the last capture. */
  #otherChanges = 0;
  /** Where a few changes are told: new arrays would cost more than all else about those. */
  readonly #few = { slots: new Uint32Array(FEW), offsets: new Int64Array(FEW) };

  /** `durable` is what it begins with. */
  constructor(index: QueueIndex, durable: OffsetColumn) {
    this.#index = index;
    this.#makeRoom(index.size);
    for (const slot of this.#slots()) {
      const offset = durable.get(slot);
      if (offset !== undefined) this.#hold(slot, offset, HELD);
    }
  }

  get size(): number {
    return this.#size;
  }

  get(slot: number | undefined): Offset | undefined {
    return this.#has(slot) ? this.#offsets.get(slot) : undefined;
  }

  update(slot: number, offset: Offset, increaseOnly: boolean): void {
    const flags = this.#flags[slot];
    if ((flags & FROZEN) !== 0) return;
    // Nothing is asked with two kinds of values, so that no bigint is made for the question; and a
    // slot that holds something has its place.
    if ((flags & HELD) === 0) this.#set(slot, offset, HELD);
    else if (takesOffset(this.#offsets.get(slot), offset, increaseOnly)) {
      this.#offsets.set(slot, offset);
      // Asked here as well, for Bun's sake: not to call it makes up a tenth of an update.
      if ((flags & TOUCHED) === 0) this.#touch(slot);
    }
  }

  updateAndFreeze(slot: number, offset: Offset): void {
    this.#set(slot, offset, HELD | FROZEN);
  }

  /** Forgets a queue and answers what was held, for `restore`. */
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
    if (this.#has(slot)) return;
    this.#makeRoom(slot + 1);
    this.#hold(slot, offset, HELD);
  }

  /** Puts back what was removed, unless the queue has a newer offset. */
  restore(slot: number, held: Held | undefined): void {
    if (held === undefined || this.#has(slot)) return;
    this.#set(slot, held.offset, held.frozen ? HELD | FROZEN : HELD);
  }

  /** Merges what somebody else has written: the greater offset of each queue counts (P9). */
  mergeForeign(column: OffsetColumn): void {
    this.#takeOver("max", column);
  }

  /**
   * Resolves a conflict with what somebody else has written (C4).
   *
   * After `"theirs"` nothing is to be written. Otherwise the table of this store is, even if it is the
   * last one that was acknowledged.
   */
  resolve(choice: ConflictChoice, column: OffsetColumn): void {
    this.#takeOver(choice, column);
    this.#otherChanges = choice === "theirs" ? 0 : 1;
  }

  /** The next capture looks at the queues whose offset in memory belongs into the file. */
  #takeOver(choice: ConflictChoice, column: OffsetColumn): void {
    this.#makeRoom(this.#index.size);
    for (const slot of this.#touched.subarray(0, this.#touchedCount)) this.#flags[slot] &= ~TOUCHED;
    this.#touchedCount = 0;
    for (let slot = 0; slot < this.#index.size; slot++) {
      const held = this.#heldAt(slot);
      const { memory, file } = resolveQueue(choice, held, column.get(slot));
      if (memory === undefined) {
        if (held !== undefined) this.#drop(slot);
      } else {
        this.#hold(slot, memory.offset, memory.frozen ? HELD | FROZEN : HELD);
        if (choice !== "theirs" && memory.offset === file) this.#touch(slot);
      }
    }
  }

  /** How many queues the column holds not, or with another offset. */
  countDifferent(column: OffsetColumn): number {
    let count = 0;
    for (const slot of this.#slots()) {
      if (this.#has(slot) && this.#offsets.get(slot) !== column.get(slot)) count++;
    }
    return count;
  }

  /**
   * Takes what must be written over a column: the queues that were touched since the last time,
   * and hold another offset than it; and those that are deleted, unless they have one again. The
   * answer is good until the next.
   */
  takeChanges(column: OffsetColumn, deleting: Iterable<number>): Changes {
    const [touched, flags, length] = [this.#touched, this.#flags, this.#touchedCount];
    const memory = length + this.#otherChanges > 0 ? "touched" : "untouched";
    this.#otherChanges = 0;
    const into = length <= FEW
      ? this.#few
      : { slots: new Uint32Array(length), offsets: new Int64Array(length) };
    let held = 0;
    for (let i = 0; i < length; i++) {
      const slot = touched[i];
      flags[slot] &= ~TOUCHED;
      if ((flags[slot] & HELD) !== 0) touched[held++] = slot;
    }
    this.#touchedCount = 0;
    const count = column.pickDifferent(touched, held, this.#offsets, into);
    const deleted: number[] = [];
    for (const slot of deleting) {
      if (!this.#has(slot) && column.get(slot) !== undefined) deleted.push(slot);
    }
    return { slots: into.slots.subarray(0, count), offsets: into.offsets, deleted, memory };
  }

  /** Has the next capture look at changes again that were not made durable. */
  giveBack({ slots, memory }: Changes): void {
    this.touch(slots);
    if (memory === "touched") this.#otherChanges++;
  }

  /** Has the next persist look again at queues that are held, at all of them unless told. */
  touch(slots: Iterable<number> = this.#slots()): void {
    for (const slot of slots) {
      if (this.#has(slot)) this.#touch(slot);
    }
  }

  snapshot(topic?: string): OffsetTable {
    return OffsetTable.from(this.#entries(topic));
  }

  *#entries(topic: string | undefined): Generator<[MessageQueue, Offset]> {
    for (const slot of topic === undefined ? this.#slots() : this.#index.ofTopic(topic)) {
      if (this.#has(slot)) yield [this.#index.queueAt(slot), this.#offsets.get(slot)];
    }
  }

  /** All slots that anything is held of, and more. */
  #slots(): Iterable<number> {
    return this.#flags.keys();
  }

  #has(slot: number | undefined): slot is number {
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
    this.#flags[slot] &= TOUCHED;
    this.#size--;
  }

  #set(slot: number, offset: Offset, flags: number): void {
    this.#makeRoom(slot + 1);
    this.#hold(slot, offset, flags);
    this.#touch(slot);
  }

  #hold(slot: number, offset: Offset, flags: number): void {
    this.#size += 1 - (this.#flags[slot] & HELD);
    this.#offsets.set(slot, offset);
    this.#flags[slot] = flags | this.#flags[slot] & TOUCHED;
  }

  #touch(slot: number): void {
    if ((this.#flags[slot] & TOUCHED) !== 0) return;
    this.#flags[slot] |= TOUCHED;
    this.#touched[this.#touchedCount++] = slot;
  }

  #makeRoom(size: number): void {
    this.#offsets.makeRoom(size);
    this.#flags = ensureCapacity(this.#flags, size);
    this.#touched = ensureCapacity(this.#touched, size);
  }
}
