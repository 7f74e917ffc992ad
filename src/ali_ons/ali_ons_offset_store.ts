import { EventEmitter } from "node:events";
import type { MessageQueue, ReadType } from "../core/mod.ts";
import type { LocalFileOffsetStore } from "../file/store/local_file_offset_store.ts";
import type { AliOnsQueue, AliOnsReadType } from "./consumer.ts";
import { isTaken, LocalOffsetsError } from "./local_offsets_error.ts";

type State =
  | { readonly is: "opening" }
  | { readonly is: "open"; readonly store: LocalFileOffsetStore }
  | { readonly is: "closing" };

/**
 * A store with the methods that a consumer of `ali-ons` calls.
 *
 * The consumer reads before it awaits `load`, so reads wait for the opening. It updates only queues
 * whose offset it has read, so an update before the end of the opening is ignored. After the
 * beginning of its `close` it skips the messages that it holds, yet updates their offsets, so those
 * updates are ignored, too.
 */
export class AliOnsOffsetStore extends EventEmitter {
  /** The owner of these offsets, for messages. */
  readonly #owner: string;
  readonly #persistEachMessage: boolean;
  readonly #opening: Promise<LocalFileOffsetStore>;
  #state: State = { is: "opening" };
  #lastPersist: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(
    owner: string,
    open: () => Promise<LocalFileOffsetStore>,
    persistEachMessage: boolean,
  ) {
    super();
    this.#owner = owner;
    this.#persistEachMessage = persistEachMessage;
    this.#opening = open().then((store) => {
      if (this.#state.is === "opening") this.#state = { is: "open", store };
      return store;
    });
    // `load` and `readOffset` report the failure.
    this.#opening.catch(() => {});
  }

  /** Waits for the opening. */
  async load(): Promise<void> {
    await this.#opened();
  }

  /** Reads an offset, -1 if there is none; an offset that a double cannot hold is an error. */
  async readOffset(mq: AliOnsQueue | undefined, type: AliOnsReadType): Promise<number> {
    if (!mq) return -1;
    const store = await this.#opened();
    // A consumer that is closed while it starts goes on reading, but pulls nothing.
    if (this.#state.is === "closing") return -1;
    try {
      return toNumber(await store.read(queueOf(mq), READ_TYPES[type]));
    } catch (cause) {
      throw new LocalOffsetsError(`read the offset of ${show(mq)}`, cause);
    }
  }

  /** Sets an offset in memory; to throw would end the consumption of the topic. */
  updateOffset(mq: AliOnsQueue | undefined, offset: number, increaseOnly?: boolean): void {
    if (!mq || this.#state.is !== "open") return;
    const { store } = this.#state;
    try {
      store.update(queueOf(mq), offset, Boolean(increaseOnly));
    } catch (cause) {
      this.emit("error", new LocalOffsetsError(`update the offset of ${show(mq)}`, cause));
      return;
    }
    if (this.#persistEachMessage) this.#lastPersist = this.#persist(store).catch(() => {});
  }

  /** Resolves once the updates so far are durable, or have failed to be, which was reported. */
  lastPersist(): Promise<void> {
    return this.#lastPersist;
  }

  /** Persists at intervals; a rejection would only be logged, so a failure is an error event. */
  async persistAll(mqs: readonly AliOnsQueue[] | undefined): Promise<void> {
    if (!mqs?.length || this.#state.is !== "open") return;
    await this.#persist(this.#state.store).catch(() => {});
  }

  /** Persists before the queue is removed; if it rejects, the consumer does not remove the queue. */
  async persist(mq: AliOnsQueue | undefined): Promise<void> {
    if (mq && this.#state.is === "open") await this.#persist(this.#state.store);
  }

  /** Forgets a queue in memory; its durable offset stays. */
  removeOffset(mq: AliOnsQueue | undefined): void {
    if (mq && this.#state.is === "open") this.#state.store.remove(queueOf(mq));
  }

  /** Ignores all updates from now on. */
  stop(): void {
    this.#state = { is: "closing" };
  }

  /**
   * Persists a last time and closes the store, if it could be opened. A store that belongs to somebody
   * else by now is given up: it would refuse each further attempt.
   */
  async close(): Promise<void> {
    this.stop();
    const store = await this.#opening.catch(() => undefined);
    try {
      await store?.close();
    } catch (cause) {
      if (isTaken(cause)) await store?.abandon();
      throw this.#failure("persist", cause);
    }
  }

  async #opened(): Promise<LocalFileOffsetStore> {
    try {
      return await this.#opening;
    } catch (cause) {
      throw this.#failure("open", cause);
    }
  }

  /** Reports the first failure in a row: with a full disk, each message would have one. */
  async #persist(store: LocalFileOffsetStore): Promise<void> {
    try {
      await store.persist();
      this.#isFailing = false;
    } catch (cause) {
      if (!this.#isFailing) this.emit("error", this.#failure("persist", cause));
      this.#isFailing = true;
      throw this.#failure("persist", cause);
    }
  }

  /** An error for one listener or caller, since ali-ons changes the message of what it is given. */
  #failure(action: string, cause: unknown): LocalOffsetsError {
    return new LocalOffsetsError(`${action} the offsets of ${this.#owner}`, cause);
  }
}

const READ_TYPES: Record<AliOnsReadType, ReadType> = {
  READ_FROM_MEMORY: "memory",
  READ_FROM_STORE: "store",
  MEMORY_FIRST_THEN_STORE: "memory-then-store",
};

/** The queue; what is wrong with it, the store says. */
function queueOf({ topic, brokerName, queueId }: AliOnsQueue): MessageQueue {
  const id = /^-?\d+$/.test(String(queueId)) ? Number(queueId) : queueId as number;
  return { topic, brokerName, queueId: id };
}

const show = (mq: AliOnsQueue): string => JSON.stringify(queueOf(mq));

function toNumber(offset: bigint): number {
  if (offset < 0n) return -1;
  if (offset <= Number.MAX_SAFE_INTEGER) return Number(offset);
  throw new RangeError(`offset "${offset}" is greater than 2^53 - 1, and ali-ons would round it`);
}
