/** No slot. */
const NONE = 0xffffffff;

/**
 * Maps the number of a broker and a queue id to the slot of that queue, and back.
 *
 * It is a hash table with chains, in arrays. A `Map` from number to number takes up to a hundred
 * bytes for each entry; this table takes sixteen, or up to twice that while it is not full.
 */
export class SlotTable {
  /** For each hash, the last slot that has it. The length is the room for slots, a power of two. */
  #last = new Uint32Array(16).fill(NONE);
  /** For each slot, the slot before it that has the same hash. */
  #before = new Uint32Array(16);
  #brokers = new Uint32Array(16);
  #queueIds = new Int32Array(16);
  #size = 0;
  /** The last slot that was freed; `#before` leads to the one that was freed before it. */
  #lastFree = NONE;

  /** How many slots were given at once at most; they are 0 to `size` − 1. */
  get size(): number {
    return this.#size;
  }

  /** Makes room for so many slots at once: each growth leaves the arrays before it as garbage. */
  reserve(size: number): void {
    const length = 2 ** Math.ceil(Math.log2(size));
    if (length > this.#last.length) this.#makeRoom(length, this.#size);
  }

  find(broker: number, queueId: number): number | undefined {
    let slot = this.#last[this.#hash(broker, queueId)];
    while (slot !== NONE) {
      if (this.#queueIds[slot] === queueId && this.#brokers[slot] === broker) return slot;
      slot = this.#before[slot];
    }
    return undefined;
  }

  /** Gives a slot to a queue, which must not have one: a free slot if there is one. */
  add(broker: number, queueId: number): number {
    const slot = this.#takeFree() ?? this.#size++;
    if (slot === this.#last.length) this.#makeRoom(2 * slot, slot);
    this.#brokers[slot] = broker;
    // An array of integers turns −0 into 0, so that one queue has one spelling.
    this.#queueIds[slot] = queueId;
    this.#link(slot);
    return slot;
  }

  /** Takes the slot back from its queue; another queue may get it. */
  free(slot: number): void {
    this.#unlink(slot);
    this.#brokers[slot] = NONE;
    this.#before[slot] = this.#lastFree;
    this.#lastFree = slot;
  }

  /** Whether a queue has the slot. */
  isTaken(slot: number): boolean {
    return this.#brokers[slot] !== NONE;
  }

  #takeFree(): number | undefined {
    const slot = this.#lastFree;
    if (slot === NONE) return undefined;
    this.#lastFree = this.#before[slot];
    return slot;
  }

  brokerAt(slot: number): number {
    return this.#brokers[slot];
  }

  queueIdAt(slot: number): number {
    return this.#queueIds[slot];
  }

  #makeRoom(length: number, used: number): void {
    const [before, brokers, queueIds] = [this.#before, this.#brokers, this.#queueIds];
    this.#last = new Uint32Array(length).fill(NONE);
    this.#before = new Uint32Array(length);
    this.#brokers = new Uint32Array(length);
    this.#queueIds = new Int32Array(length);
    // Of the slots that are free, too: it leads from one to the next.
    this.#before.set(before);
    this.#brokers.set(brokers);
    this.#queueIds.set(queueIds);
    for (let slot = 0; slot < used; slot++) if (this.isTaken(slot)) this.#link(slot);
  }

  #link(slot: number): void {
    const hash = this.#hash(this.#brokers[slot], this.#queueIds[slot]);
    this.#before[slot] = this.#last[hash];
    this.#last[hash] = slot;
  }

  #unlink(slot: number): void {
    const hash = this.#hash(this.#brokers[slot], this.#queueIds[slot]);
    let after = this.#last[hash];
    if (after === slot) {
      this.#last[hash] = this.#before[slot];
      return;
    }
    while (this.#before[after] !== slot) after = this.#before[after];
    this.#before[after] = this.#before[slot];
  }

  /** Queues with neighbouring ids have different hashes, and so have equal ids on many brokers. */
  #hash(broker: number, queueId: number): number {
    const mixed = Math.imul(broker, 0x9e3779b1) ^ queueId;
    return (mixed ^ mixed >>> 16) & (this.#last.length - 1);
  }
}
