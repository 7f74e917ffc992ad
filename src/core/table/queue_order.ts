import { SLICE, type Slices } from "../slices.ts";
import { mergeSorted, sortInSlices } from "./merge_sorted.ts";
import { compareNames } from "./message_queue.ts";
import type { Broker, Run } from "./queue_index.ts";
import type { SlotTable } from "./slot_table.ts";

/** If one offset of a run changes, the whole run is encoded again. */
const LONGEST_RUN = 256;

/** Taking this many queues into the order is as much work as encoding one. */
const QUEUES_PER_WORK = 8;

/** The queues of a broker. */
interface Group {
  readonly broker: Broker;
  /** Those in the order, by queue id. */
  slots: Uint32Array;
  /** Those that have come since. */
  fresh: number[];
  runs: readonly Run[];
}

/**
 * The slots of an index in canonical order (clause S2): by topic, broker name and queue id.
 *
 * New queues are merged into the order of their broker, and new brokers into that of the brokers:
 * one new queue costs as much as its broker, and a copy of the list of runs.
 */
export class QueueOrder {
  readonly #slots: SlotTable;
  readonly #brokers: readonly Broker[];
  /** All groups, by the number of their broker. */
  readonly #groups: (Group | undefined)[] = [];
  /** The groups in canonical order. */
  #sorted: readonly Group[] = [];
  /** The groups that are not in `#sorted` yet. */
  readonly #unsorted = new Set<Group>();
  /** The groups with queues that have come. */
  readonly #grown = new Set<Group>();
  /** The slots that have gone from groups, by broker number: other queues may have got them. */
  readonly #gone = new Map<number, Set<number>>();
  /** All slots below it are in a group, but for those that were given anew. */
  #collected = 0;
  readonly #givenAnew = new Set<number>();
  #runs: readonly Run[] | "out of date" = [];
  /** How many queues have come and gone. */
  #changes = 0;

  /** @param brokers The brokers of the index, by their numbers. */
  constructor(slots: SlotTable, brokers: readonly Broker[]) {
    this.#slots = slots;
    this.#brokers = brokers;
  }

  /** A queue has got this slot. */
  add(slot: number): void {
    if (slot < this.#collected) this.#givenAnew.add(slot);
    this.#becomeOutOfDate();
  }

  /** The queue of this slot goes. */
  remove(slot: number): void {
    this.#becomeOutOfDate();
    // A slot that was given anew is in no group yet.
    if (this.#givenAnew.delete(slot)) return;
    const number = this.#slots.brokerAt(slot);
    if (this.#groups[number] === undefined) return;
    const gone = this.#gone.get(number) ?? new Set();
    this.#gone.set(number, gone.add(slot));
  }

  /** The broker of this number goes, which has no queues any more. */
  removeBroker(number: number): void {
    this.#groups[number] = undefined;
    this.#gone.delete(number);
    // Its group stays in the other lists, where it does no harm, until the next order is made.
  }

  #becomeOutOfDate(): void {
    this.#runs = "out of date";
    this.#changes++;
  }

  /**
   * The order as it is at the end. Queues that come meanwhile may be missing.
   *
   * Each slice leaves the order in a state from which any other call can go on.
   */
  *runs(): Slices<readonly Run[]> {
    if (this.#runs !== "out of date") return this.#runs;
    const before = this.#changes;
    // What has gone comes first: another queue of the same broker may have got the slot.
    for (const [number, gone] of this.#gone) {
      const group = this.#groups[number]!;
      this.#shrink(group, gone);
      yield workOf(group);
    }
    yield* this.#collect();
    for (const group of this.#grown) {
      this.#grow(group);
      yield workOf(group);
    }
    if (this.#unsorted.size > 0) yield* this.#sort();
    const runs = yield* this.#list();
    if (this.#changes > before) return runs;
    this.#runs = runs;
    return runs;
  }

  /** Takes the new slots into the groups of their brokers. */
  *#collect(): Slices<void> {
    while (this.#collected < this.#slots.size) {
      this.#take(this.#collected++);
      if (this.#collected % SLICE === 0) yield SLICE / QUEUES_PER_WORK;
    }
    for (const slot of this.#givenAnew) this.#take(slot);
    this.#givenAnew.clear();
  }

  #take(slot: number): void {
    if (!this.#slots.isTaken(slot)) return;
    const group = this.#groupOf(this.#slots.brokerAt(slot));
    group.fresh.push(slot);
    this.#grown.add(group);
  }

  #groupOf(number: number): Group {
    const known = this.#groups[number];
    if (known !== undefined) return known;
    const broker = this.#brokers[number];
    const group = {
      broker,
      slots: new Uint32Array(),
      fresh: [],
      runs: [],
    };
    this.#groups[number] = group;
    this.#unsorted.add(group);
    return group;
  }

  /** Takes the slots out of a group that have gone. */
  #shrink(group: Group, gone: ReadonlySet<number>): void {
    this.#gone.delete(group.broker.number);
    const isThere = (slot: number) => !gone.has(slot);
    group.fresh = group.fresh.filter(isThere);
    this.#setSlots(group, group.slots.filter(isThere));
  }

  /** Merges the fresh slots of a group into its order. */
  #grow(group: Group): void {
    this.#grown.delete(group);
    const idAt = (slot: number) => this.#slots.queueIdAt(slot);
    const { slots } = group;
    const fresh = group.fresh.sort((a, b) => idAt(b) - idAt(a));
    group.fresh = [];
    const merged = new Uint32Array(slots.length + fresh.length);
    merged.set(slots);
    // The greatest id first, from the end: no old slot is overwritten before it has moved.
    let [from, to] = [slots.length, merged.length];
    for (const slot of fresh) {
      const id = idAt(slot);
      // Stryker disable next-line EqualityOperator: no two queues of a broker have the same id
      while (from > 0 && idAt(merged[from - 1]) > id) merged[--to] = merged[--from];
      merged[--to] = slot;
    }
    this.#setSlots(group, merged);
  }

  #setSlots(group: Group, slots: Uint32Array): void {
    group.slots = slots;
    group.runs = runsOf(group.broker, slots);
  }

  /** Merges the unsorted groups into the sorted ones. */
  *#sort(): Slices<void> {
    for (;;) {
      const before = this.#sorted;
      const added = yield* sortInSlices([...this.#unsorted], compareGroups);
      const merged = yield* mergeSorted(before, added, compareGroups);
      // Another call may have come first.
      if (this.#sorted !== before) continue;
      for (const group of added) this.#unsorted.delete(group);
      this.#sorted = merged;
      return;
    }
  }

  *#list(): Slices<readonly Run[]> {
    const [groups, runs]: [Group[], Run[]] = [[], []];
    const before = this.#sorted;
    for (const group of before) {
      if (this.#groups[group.broker.number] !== group) continue;
      if (groups.push(group) % SLICE === 0) yield SLICE / QUEUES_PER_WORK;
      for (const run of group.runs) runs.push(run);
    }
    if (this.#sorted === before) this.#sorted = groups;
    return runs;
  }
}

function workOf({ slots }: Group): number {
  return slots.length / QUEUES_PER_WORK;
}

function compareGroups({ broker: a }: Group, { broker: b }: Group): number {
  return compareNames(a.topic, b.topic) || compareNames(a.brokerName, b.brokerName);
}

function runsOf(broker: Broker, slots: Uint32Array): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < slots.length; start += LONGEST_RUN) {
    runs.push({ broker, slots: slots.subarray(start, start + LONGEST_RUN) });
  }
  return runs;
}
