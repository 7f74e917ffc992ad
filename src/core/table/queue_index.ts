import { atOnce, type Slices } from "../slices.ts";
import type { MessageQueue } from "./message_queue.ts";
import { QueueOrder } from "./queue_order.ts";
import { SlotTable } from "./slot_table.ts";

/** A topic on one broker. */
export interface Broker {
  readonly topic: string;
  readonly brokerName: string;
  /** Its number in the index. */
  readonly number: number;
  /** How many queues it has. */
  queues: number;
  /** Its part of the keys in Go's form, once that was computed; see `goKeyOf`. */
  goKey: readonly [before: string, behind: string] | undefined;
}

/** Queues of one broker that follow each other in the canonical order. */
export interface Run {
  readonly broker: Broker;
  /** Their slots, by queue id. */
  readonly slots: Uint32Array;
}

/**
 * Gives each queue a small number, its slot, which it keeps until `free`. Arrays hold the data of
 * queues by slot.
 *
 * Nested maps lead from topic and broker name to the broker: two look-ups by interned strings cost
 * less than building one string key for each call, and no name (`__proto__`, `""`, `"1"`) is
 * special in a `Map`. A table of numbers leads from broker and queue id to the slot. The input must
 * have been checked.
 */
export class QueueIndex {
  readonly #topics = new Map<string, Map<string, Broker>>();
  readonly #brokers: Broker[] = [];
  /** The numbers of brokers that have gone. */
  readonly #freeNumbers: number[] = [];
  readonly #slots = new SlotTable();
  readonly #order = new QueueOrder(this.#slots, this.#brokers);
  /** The broker of the last look-up: the next queue often has the same. */
  #last: Broker | undefined;

  /** How many queues there were at once at most: the slots are 0 to `size` − 1. */
  get size(): number {
    return this.#slots.size;
  }

  /** Makes room for so many queues at once. */
  reserve(size: number): void {
    this.#slots.reserve(size);
  }

  /** The slot of a queue, if it has one. */
  find(mq: MessageQueue): number | undefined {
    // A value that is no queue is not found here; the caller refuses it then.
    const topic = mq?.topic;
    const brokerName = mq?.brokerName;
    let broker = this.#last;
    // As a method of its own, this would make an update take half as long again on Bun.
    // Stryker disable next-line ConditionalExpression: to look it up again gives the same
    if (broker === undefined || broker.brokerName !== brokerName || broker.topic !== topic) {
      broker = this.#last = this.#topics.get(topic)?.get(brokerName);
    }
    return broker && this.#slots.find(broker.number, mq.queueId);
  }

  /** The slot of a queue, a new one if it has none. */
  add({ topic, brokerName, queueId }: MessageQueue): number {
    const broker = this.#topics.get(topic)?.get(brokerName) ?? this.addBroker(topic, brokerName);
    return this.addQueue(broker, queueId);
  }

  /** Makes an entry for a broker of a topic, which must not be there yet. */
  addBroker(topic: string, brokerName: string): Broker {
    const number = this.#freeNumbers.pop() ?? this.#brokers.length;
    const broker: Broker = { topic, brokerName, number, queues: 0, goKey: undefined };
    const brokers = this.#topics.get(topic);
    if (brokers === undefined) this.#topics.set(topic, new Map([[brokerName, broker]]));
    else brokers.set(brokerName, broker);
    this.#brokers[number] = broker;
    return broker;
  }

  /** The slot of a broker's queue, a new one if it has none. */
  addQueue(broker: Broker, queueId: number): number {
    const slot = this.#slots.find(broker.number, queueId);
    if (slot !== undefined) return slot;
    broker.queues++;
    const added = this.#slots.add(broker.number, queueId);
    this.#order.add(added);
    return added;
  }

  /**
   * Forgets the queue of a slot; another queue may get the slot. No array may hold anything at the
   * slot any more.
   */
  free(slot: number): void {
    const broker = this.brokerAt(slot);
    const { number, topic, brokerName } = broker;
    this.#order.remove(slot);
    this.#slots.free(slot);
    if (--broker.queues > 0) return;
    const brokers = this.#topics.get(topic)!;
    brokers.delete(brokerName);
    if (brokers.size === 0) this.#topics.delete(topic);
    this.#order.removeBroker(number);
    this.#freeNumbers.push(number);
    this.#last = undefined;
  }

  /** Whether a queue has the slot. */
  isTaken(slot: number): boolean {
    return this.#slots.isTaken(slot);
  }

  brokerAt(slot: number): Broker {
    return this.#brokers[this.#slots.brokerAt(slot)];
  }

  /** The queue of a slot. */
  queueAt(slot: number): MessageQueue {
    const { topic, brokerName } = this.brokerAt(slot);
    return { topic, brokerName, queueId: this.#slots.queueIdAt(slot) };
  }

  queueIdAt(slot: number): number {
    return this.#slots.queueIdAt(slot);
  }

  /** The slots of a topic's queues, in canonical order. */
  *ofTopic(topic: string): Generator<number> {
    for (const { broker, slots } of this.order()) if (broker.topic === topic) yield* slots;
  }

  /** All slots in canonical order (clause S2): by topic, broker name and queue id. */
  order(): readonly Run[] {
    return atOnce(this.#order.runs());
  }

  /** The same in slices; queues that come meanwhile may be missing. */
  orderInSlices(): Slices<readonly Run[]> {
    return this.#order.runs();
  }
}
