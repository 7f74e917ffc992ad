import { takesOffset } from "../core/apply_update.ts";
import type { MessageQueue } from "../core/message_queue.ts";
import type { Offset } from "../core/offset.ts";
import { OffsetTable } from "../core/offset_table.ts";
import { QueueMap } from "../core/queue_map.ts";

/** A queue's entry; while it is frozen, updates are ignored (clause U7). */
export interface Slot {
  offset: Offset;
  frozen: boolean;
}

/**
 * What a store holds in memory: the fold of `applyUpdate` over all updates, in O(1) for each.
 *
 * It expects checked input.
 */
export class MemoryTable {
  readonly #slots = new QueueMap<Slot>();

  constructor(table: OffsetTable) {
    for (const [mq, offset] of table) this.#slots.set(mq, { offset, frozen: false });
  }

  get size(): number {
    return this.#slots.size;
  }

  get(mq: MessageQueue): Offset | undefined {
    return this.#slots.get(mq)?.offset;
  }

  update(mq: MessageQueue, offset: Offset, increaseOnly: boolean): void {
    const slot = this.#slots.get(mq);
    if (slot === undefined) this.#slots.set(mq, { offset, frozen: false });
    else if (!slot.frozen && takesOffset(slot.offset, offset, increaseOnly)) slot.offset = offset;
  }

  updateAndFreeze(mq: MessageQueue, offset: Offset): void {
    this.#slots.set(mq, { offset, frozen: true });
  }

  /** Forgets a queue and answers its entry, for `restore`. */
  remove(mq: MessageQueue): Slot | undefined {
    const slot = this.#slots.get(mq);
    this.#slots.delete(mq);
    return slot;
  }

  /** Puts a removed entry back, unless the queue has a newer one. */
  restore(mq: MessageQueue, slot: Slot | undefined): void {
    if (slot !== undefined && this.#slots.get(mq) === undefined) this.#slots.set(mq, slot);
  }

  /** Raises the queues that are held, and not frozen, to what the other table has for them. */
  raiseTo(other: OffsetTable): void {
    for (const [mq, slot] of this.#slots) {
      const offset = other.get(mq);
      if (offset !== undefined && !slot.frozen && offset > slot.offset) slot.offset = offset;
    }
  }

  /** How many queues the other table holds not, or with another offset. */
  countDifferent(other: OffsetTable): number {
    let count = 0;
    for (const [mq, { offset }] of this.#slots) if (other.get(mq) !== offset) count++;
    return count;
  }

  /** The entries, of one topic if it is given. */
  *entries(topic?: string): Generator<[MessageQueue, Offset]> {
    const slots = topic === undefined ? this.#slots : this.#slots.ofTopic(topic);
    for (const [mq, { offset }] of slots) yield [mq, offset];
  }

  snapshot(topic?: string): OffsetTable {
    return OffsetTable.from(this.entries(topic));
  }
}
