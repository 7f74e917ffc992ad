import type { MessageQueue } from "./message_queue.ts";

type Broker<V> = Map<number, V>;
type Topic<V> = Map<string, Broker<V>>;

/**
 * A mutable map from queue to value: nested maps topic → broker name → queue id.
 *
 * Three look-ups by interned strings and a small integer cost less than building one string key
 * for each call, and no name (`__proto__`, `""`, `"1"`) is special in a `Map`.
 */
export class QueueMap<V> implements Iterable<[MessageQueue, V]> {
  readonly #topics = new Map<string, Topic<V>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(mq: MessageQueue): V | undefined {
    return this.#topics.get(mq.topic)?.get(mq.brokerName)?.get(mq.queueId);
  }

  set(mq: MessageQueue, value: V): void {
    const topic = childOf(this.#topics, mq.topic);
    const broker = childOf(topic, mq.brokerName);
    if (!broker.has(mq.queueId)) this.#size++;
    // A Map turns a key −0 into 0: one queue, one way to write it.
    broker.set(mq.queueId, value);
  }

  delete(mq: MessageQueue): boolean {
    const topic = this.#topics.get(mq.topic);
    const broker = topic?.get(mq.brokerName);
    if (!broker?.delete(mq.queueId)) return false;
    this.#size--;
    if (broker.size === 0) topic!.delete(mq.brokerName);
    if (topic!.size === 0) this.#topics.delete(mq.topic);
    return true;
  }

  *[Symbol.iterator](): Generator<[MessageQueue, V]> {
    for (const topic of this.#topics.keys()) yield* this.ofTopic(topic);
  }

  *ofTopic(topic: string): Generator<[MessageQueue, V]> {
    for (const [brokerName, broker] of this.#topics.get(topic) ?? []) {
      for (const [queueId, value] of broker) yield [{ topic, brokerName, queueId }, value];
    }
  }
}

function childOf<K, C extends Map<unknown, unknown>>(parent: Map<K, C>, key: K): C {
  let child = parent.get(key);
  if (child === undefined) {
    child = new Map() as unknown as C;
    parent.set(key, child);
  }
  return child;
}
