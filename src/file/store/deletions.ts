import type { Held } from "../../core/rules/resolve_conflict.ts";

/** A queue that is being deleted, with what memory held of it. */
export interface Deletion {
  readonly slot: number;
  readonly held: Held | undefined;
}

/** The queues that are being taken out of the file. */
export class Deletions {
  readonly #bySlot = new Map<number, Deletion>();
  readonly #cancelled = new WeakSet<Deletion>();
  #era = 0;

  /** Changes whenever a deletion begins or ends. */
  get era(): number {
    return this.#era;
  }

  /** The slots of the queues. */
  get slots(): Iterable<number> {
    return this.#bySlot.keys();
  }

  has(slot: number): boolean {
    return this.#bySlot.has(slot);
  }

  /** Begins a deletion; it takes over from an earlier one of the same queue that is still going on. */
  begin(slot: number, held: Held | undefined): Deletion {
    const deletion = { slot, held: held ?? this.#bySlot.get(slot)?.held };
    this.#bySlot.set(slot, deletion);
    this.#era++;
    return deletion;
  }

  /** Ends a deletion; answers whether no later one has taken over from it. */
  end(deletion: Deletion): boolean {
    this.#era++;
    if (this.#bySlot.get(deletion.slot) !== deletion) return false;
    this.#bySlot.delete(deletion.slot);
    return true;
  }

  /** Ends all deletions without their effect: the queues stay as they are (C4). */
  cancelAll(): void {
    for (const deletion of this.#bySlot.values()) this.#cancelled.add(deletion);
    this.#bySlot.clear();
    this.#era++;
  }

  /** Tells whether a deletion was cancelled. */
  isCancelled(deletion: Deletion): boolean {
    return this.#cancelled.has(deletion);
  }
}
