import { takesOffset } from "../core/rules/apply_update.ts";
import type { MessageQueue } from "../core/table/message_queue.ts";
import type { Offset } from "../core/table/offset.ts";
import { QueueIndex } from "../core/table/queue_index.ts";
import { checkQueue } from "./check_queue.ts";
import type { Session } from "./network/session.ts";

/**
 * What the broker knows of an offset.
 *
 * - `changed`: it was not told, or nothing tells whether it has heard.
 * - `adopted`: the offset came from the broker, and is never sent back as it is.
 * - `acknowledged`: the broker took it, and may forget that when it is killed. Once the session has
 *   ended it counts as not told.
 */
type State =
  | { readonly is: "changed" }
  | { readonly is: "adopted" }
  | { readonly is: "acknowledged"; readonly session: Session };

const CHANGED: State = { is: "changed" };

/** An offset in memory, from the time it gets there until it is removed. */
export class HeldOffset {
  readonly slot: number;
  readonly mq: MessageQueue;
  #offset: Offset;
  #state: State;

  constructor(slot: number, mq: MessageQueue, offset: Offset, state: State) {
    this.slot = slot;
    this.mq = mq;
    this.#offset = offset;
    this.#state = state;
  }

  get offset(): Offset {
    return this.#offset;
  }

  /** Whether a persist sends it. */
  get isDirty(): boolean {
    const state = this.#state;
    return state.is === "changed" || state.is === "acknowledged" && !state.session.isOpen;
  }

  update(offset: Offset, increaseOnly: boolean): void {
    if (!takesOffset(this.#offset, offset, increaseOnly)) return;
    this.#offset = offset;
    this.#state = CHANGED;
  }

  /** The broker has taken an offset, which may have changed again by now. */
  acknowledge(offset: Offset, session: Session): void {
    if (offset === this.#offset) this.#state = { is: "acknowledged", session };
  }
}

/** What a store holds in memory: the fold of `applyUpdate` over all updates. */
export class OffsetMemory {
  readonly #index = new QueueIndex();
  readonly #held = new Map<number, HeldOffset>();
  /** How often each queue was removed; a read that began before that brings nothing back. */
  readonly #removals = new Map<number, number>();

  /** The slot of a queue, which is checked when it is new. */
  slotOf(mq: MessageQueue): number {
    const known = this.#index.find(mq);
    if (known !== undefined) return known;
    checkQueue(mq);
    return this.#index.add(mq);
  }

  queueAt(slot: number): MessageQueue {
    return this.#index.queueAt(slot);
  }

  get(slot: number): HeldOffset | undefined {
    return this.#held.get(slot);
  }

  all(): HeldOffset[] {
    return [...this.#held.values()];
  }

  update(slot: number, offset: Offset, increaseOnly: boolean): void {
    const held = this.#held.get(slot);
    if (held === undefined) this.#hold(slot, offset, CHANGED);
    else held.update(offset, increaseOnly);
  }

  remove(slot: number): void {
    this.#held.delete(slot);
    this.#removals.set(slot, this.removals(slot) + 1);
  }

  removals(slot: number): number {
    return this.#removals.get(slot) ?? 0;
  }

  /** Takes over what the broker holds of a queue that memory lacks (clause R3). */
  adopt(slot: number, offset: Offset): void {
    if (!this.#held.has(slot)) this.#hold(slot, offset, { is: "adopted" });
  }

  #hold(slot: number, offset: Offset, state: State): void {
    this.#held.set(slot, new HeldOffset(slot, this.#index.queueAt(slot), offset, state));
  }
}
