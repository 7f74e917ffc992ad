import { grown } from "./grown.ts";
import { compareNames, type MessageQueue } from "./message_queue.ts";

/** The queues of a topic on one broker, each with its slot. */
export interface Broker {
  readonly topic: string;
  readonly brokerName: string;
  /** Which of all brokers it is. */
  readonly number: number;
  /** From queue id to slot. */
  readonly slots: Map<number, number>;
}

/** Queues of one broker that follow each other in the canonical order. */
export interface Run {
  readonly broker: Broker;
  /** Their slots, by queue id. */
  readonly slots: Uint32Array;
}

/** A run is encoded as a whole when one of its offsets changes. */
const LONGEST_RUN = 256;

/**
 * Gives each queue a small number, its slot, for good: what is known of queues lies in arrays.
 *
 * Nested maps topic → broker name → queue id: three look-ups by interned strings and a small
 * integer cost less than building one string key for each call, and no name (`__proto__`, `""`,
 * `"1"`) is special in a `Map`. It expects checked input.
 */
export class QueueIndex {
  readonly #topics = new Map<string, Map<string, Broker>>();
  readonly #brokers: Broker[] = [];
  /** Of each slot, the number of its broker. */
  #brokerOf = new Uint32Array(0);
  #queueIds = new Int32Array(0);
  #size = 0;
  #order: readonly Run[] | undefined;

  /** How many slots there are; they are 0 to `size` − 1. */
  get size(): number {
    return this.#size;
  }

  /** The slot of a queue, if it has one. */
  find(mq: MessageQueue): number | undefined {
    return this.#topics.get(mq.topic)?.get(mq.brokerName)?.slots.get(mq.queueId);
  }

  /** The slot of a queue, a new one if it has none. */
  add({ topic, brokerName, queueId }: MessageQueue): number {
    const broker = this.#topics.get(topic)?.get(brokerName) ?? this.addBroker(topic, brokerName);
    return this.addQueue(broker, queueId);
  }

  /** Makes an entry for a broker of a topic, which must not be there yet. */
  addBroker(topic: string, brokerName: string): Broker {
    const broker = { topic, brokerName, number: this.#brokers.length, slots: new Map() };
    const brokers = this.#topics.get(topic);
    if (brokers === undefined) this.#topics.set(topic, new Map([[brokerName, broker]]));
    else brokers.set(brokerName, broker);
    this.#brokers.push(broker);
    return broker;
  }

  /** The slot of a broker's queue, a new one if it has none. */
  addQueue(broker: Broker, queueId: number): number {
    return broker.slots.get(queueId) ?? this.#addSlot(broker, queueId);
  }

  #addSlot({ number, slots }: Broker, queueId: number): number {
    const slot = this.#size++;
    this.#brokerOf = grown(this.#brokerOf, this.#size);
    this.#queueIds = grown(this.#queueIds, this.#size);
    this.#brokerOf[slot] = number;
    // An array of integers has no −0, nor has a Map's key: one queue, one way to write it.
    this.#queueIds[slot] = queueId;
    slots.set(queueId, slot);
    this.#order = undefined;
    return slot;
  }

  /** The queue of a slot. */
  queueAt(slot: number): MessageQueue {
    const { topic, brokerName } = this.#brokers[this.#brokerOf[slot]];
    return { topic, brokerName, queueId: this.#queueIds[slot] };
  }

  queueIdAt(slot: number): number {
    return this.#queueIds[slot];
  }

  /** The slots of a topic's queues, in no particular order. */
  *ofTopic(topic: string): Generator<number> {
    for (const { slots } of this.#topics.get(topic)?.values() ?? []) yield* slots.values();
  }

  /** All slots in canonical order (clause S2): by topic, broker name and queue id. */
  order(): readonly Run[] {
    return this.#order ??= this.#brokers.toSorted(compareBrokers).flatMap(runsOf);
  }
}

function compareBrokers(a: Broker, b: Broker): number {
  return compareNames(a.topic, b.topic) || compareNames(a.brokerName, b.brokerName);
}

function runsOf(broker: Broker): Run[] {
  const queueIds = Int32Array.from(broker.slots.keys()).sort();
  const slots = Uint32Array.from(queueIds, (queueId) => broker.slots.get(queueId)!);
  const runs: Run[] = [];
  for (let start = 0; start < slots.length; start += LONGEST_RUN) {
    runs.push({ broker, slots: slots.subarray(start, start + LONGEST_RUN) });
  }
  return runs;
}
