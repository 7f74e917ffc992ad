import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import process from "node:process";
import type { FakeBroker, Message } from "./fake_broker.ts";

/** A queue of the fake; ali-ons has `queueId` as a string in places. */
export interface FakeQueue {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number | string;
  readonly key: string;
}

/** What a consumer asks of a store, in the words of ali-ons. */
export interface Store extends EventEmitter {
  load(): Promise<void>;
  readOffset(mq: FakeQueue, type: string): Promise<number>;
  updateOffset(mq: FakeQueue, offset: number, increaseOnly?: boolean): void;
  persistAll(mqs: readonly FakeQueue[]): Promise<void>;
  persist(mq: FakeQueue): Promise<void>;
  removeOffset(mq: FakeQueue): void;
  close(): Promise<void>;
}

export interface FakeOptions {
  readonly broker: FakeBroker;
  readonly consumerGroup: string;
  readonly isBroadcast: boolean;
  readonly clientId?: string;
  readonly consumeFromWhere?: "CONSUME_FROM_LAST_OFFSET" | "CONSUME_FROM_FIRST_OFFSET";
  readonly parallelConsumeLimit?: number;
  /** Is awaited while the consumer tells the broker that it goes. */
  readonly unregister?: () => Promise<void>;
}

type Handler = (message: Message) => Promise<unknown>;

interface Assignment {
  readonly queue: FakeQueue;
  next: number;
  held: Message[];
}

/**
 * Behaves as `Consumer` of ali-ons 3.12 towards its offset store, over a broker in memory:
 *
 * - The constructor makes the store and listens to its errors; it is the only listener.
 * - The first rebalance, with its reads, comes before `load` is awaited.
 * - A queue is pulled only if its offset could be read; an update never comes before that.
 * - A pull of an empty queue waits; if it ends without a message, and none is held, it updates the
 *   offset.
 * - The loop handles some held messages at once, and updates the offset behind them when all handlers
 *   have ended. Errors of handlers drop the message.
 * - `close` first sets a flag and persists. Held messages are skipped from then on, and their offsets
 *   updated all the same.
 * - Errors that it passes on get another message.
 *
 * There are no timers: `rebalance` and `persistConsumerOffset` are called by the test.
 */
export class FakeConsumer extends EventEmitter {
  readonly options: FakeOptions;
  readonly _offsetStore: Store;
  /** What the periodic tasks of ali-ons only log. */
  readonly logged: unknown[] = [];
  readonly #subscriptions = new Map<string, Handler>();
  readonly #assigned = new Map<string, Assignment>();
  readonly #ready: Promise<void>;
  #isClosed = false;
  #isDead = false;

  constructor(options: FakeOptions) {
    super();
    this.options = options;
    this.on("error", () => {});
    this._offsetStore = this.newOffsetStoreInstance() as Store;
    this._offsetStore.on("error", (error) => this.#handleError(error));
    const started = Promise.withResolvers<void>();
    process.nextTick(() => this.#init().then(started.resolve, started.reject));
    this.#ready = started.promise;
    this.#ready.catch(() => {});
  }

  get clientId(): string {
    return this.options.clientId ?? "127.0.0.1@DEFAULT";
  }

  get consumerGroup(): string {
    return this.options.consumerGroup;
  }

  newOffsetStoreInstance(): unknown {
    throw new Error("the store of ali-ons itself is not part of the fake");
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  async #init(): Promise<void> {
    await this.rebalance();
    await this._offsetStore.load();
  }

  subscribe(topic: string, ...rest: unknown[]): void {
    const handler = rest.at(-1) as Handler;
    assert.equal(handler.constructor.name, "AsyncFunction", "a handler must be an async function");
    assert.ok(!this.#subscriptions.has(topic), "a topic has one handler");
    this.#subscriptions.set(topic, handler);
    this.#consume(topic).catch((error) => this.#handleError(error));
  }

  async #consume(topic: string): Promise<void> {
    await this.ready();
    await this.rebalance();
    while (!this.#isClosed && this.#subscriptions.has(topic)) {
      let hadMessage = false;
      for (const queueId of this.options.broker.route(topic)) {
        const assignment = this.#assigned.get(this.#queue(topic, queueId).key);
        while (assignment !== undefined && assignment.held.length > 0) {
          hadMessage = true;
          await this.#consumeBatch(assignment);
          if (this.#isDead) return;
        }
      }
      if (!hadMessage) await once(this, "pulled");
    }
  }

  async #consumeBatch(assignment: Assignment): Promise<void> {
    const batch = assignment.held.slice(0, this.options.parallelConsumeLimit ?? 1);
    const handler = this.#subscriptions.get(assignment.queue.topic);
    if (handler === undefined) throw new TypeError("the topic is not subscribed any more");
    await Promise.all(batch.map((message) => this.#consumeOne(handler, message)));
    const last = assignment.held.splice(0, batch.length).at(-1)!;
    const offset = assignment.held[0]?.queueOffset ?? last.queueOffset + 1;
    this.#update(assignment.queue, offset, true);
  }

  async #consumeOne(handler: Handler, message: Message): Promise<void> {
    if (this.#isClosed) return;
    try {
      await handler(message);
    } catch (error) {
      (error as Error).message = `process mq message failed, ${(error as Error).message}`;
      this.emit("error", error);
    }
  }

  #update(queue: FakeQueue, offset: number, increaseOnly?: boolean): void {
    if (!this.#isDead) this._offsetStore.updateOffset(queue, offset, increaseOnly);
  }

  async #pull(assignment: Assignment): Promise<void> {
    const { topic, queueId } = assignment.queue;
    const { broker } = this.options;
    while (!this.#isClosed && this.#assigned.get(assignment.queue.key) === assignment) {
      const result = broker.pull(topic, Number(queueId), assignment.next, 32);
      assignment.next = result.next;
      if (result.status === "FOUND") {
        assignment.held.push(...result.messages);
        this.emit("pulled");
        continue;
      }
      if (result.status === "OFFSET_ILLEGAL") {
        this.#update(assignment.queue, result.next);
        continue;
      }
      const [reason] = await once(broker, "change");
      if (reason === "message" || assignment.held.length > 0) continue;
      this.#update(assignment.queue, result.next, true);
    }
  }

  /** What ali-ons does every `rebalanceInterval`. */
  async rebalance(): Promise<void> {
    for (const topic of this.#subscriptions.keys()) {
      const queues = this.options.broker.route(topic).map((id) => this.#queue(topic, id));
      await this.#assign(topic, queues).catch((error) => this.logged.push(error));
    }
  }

  async #assign(topic: string, queues: readonly FakeQueue[]): Promise<void> {
    for (const [key, { queue }] of this.#assigned) {
      if (queue.topic !== topic || queues.some((each) => each.key === key)) continue;
      this.#assigned.delete(key);
      await this._offsetStore.persist(queue);
      this._offsetStore.removeOffset(queue);
    }
    for (const queue of queues) {
      if (this.#assigned.has(queue.key)) continue;
      const next = await this.computePullFromWhere(queue);
      if (next < 0 || this.#assigned.has(queue.key)) continue;
      const assignment = { queue, next, held: [] };
      this.#assigned.set(queue.key, assignment);
      this.#pull(assignment);
    }
  }

  async computePullFromWhere(queue: FakeQueue): Promise<number> {
    try {
      const stored = await this._offsetStore.readOffset(queue, "READ_FROM_STORE");
      if (stored >= 0) return stored;
      if (this.options.consumeFromWhere === "CONSUME_FROM_FIRST_OFFSET") return 0;
      return this.options.broker.maxOffset(queue.topic, Number(queue.queueId));
    } catch (error) {
      this.#handleError(error as Error);
      return -1;
    }
  }

  /** What ali-ons does every `persistConsumerOffsetInterval`, and when it is closed. */
  async persistConsumerOffset(): Promise<void> {
    await this._offsetStore.persistAll([...this.#assigned.values()].map(({ queue }) => queue));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.persistConsumerOffset();
    this.#subscriptions.clear();
    this.#assigned.clear();
    await this.options.unregister?.();
    this.emit("close");
  }

  /** As if the process was killed: the consumer calls nothing any more. */
  kill(): void {
    this.#isDead = true;
    this.#isClosed = true;
  }

  #handleError(error: Error): void {
    error.message = `MQPushConsumer occurred an error ${error.message}`;
    this.emit("error", error);
  }

  #queue(topic: string, queueId: number): FakeQueue {
    const brokerName = "broker-a";
    const key = `[topic="${topic}", brokerName="${brokerName}", queueId="${queueId}"]`;
    return { topic, brokerName, queueId: queueId % 2 === 0 ? queueId : String(queueId), key };
  }
}
