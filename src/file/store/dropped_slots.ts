import type { KnownTable } from "../commit/known_table.ts";

/**
 * The slots of queues that memory or the files have dropped. The slot of a queue that nothing holds
 * any more is freed, so that queues that come and go leave nothing behind.
 */
export class DroppedSlots {
  #slots: number[] = [];

  add(slot: number): void {
    this.#slots.push(slot);
  }

  /**
   * Frees those slots that neither memory nor the files hold; no commit may be under way, since its
   * changes hold slots, too.
   */
  free(memory: { has(slot: number): boolean }, known: KnownTable): void {
    if (this.#slots.length === 0) return;
    const { index } = known;
    const inDoubt: number[] = [];
    for (const slot of this.#slots) {
      // A slot may have been dropped twice.
      if (memory.has(slot) || !index.isTaken(slot)) continue;
      const holder = known.holderOf(slot);
      // Once the doubt has ended, nothing holds it.
      if (holder === "in doubt") inDoubt.push(slot);
      if (holder === "none") index.free(slot);
    }
    this.#slots = inDoubt;
  }
}
