import type { MessageQueue } from "../core/table/message_queue.ts";
import { NO_OFFSET, type Offset } from "../core/table/offset.ts";
import { checkIncreaseOnly, checkQueues } from "../core/rules/check_arguments.ts";
import { memoryAnswers, type ReadType } from "../core/rules/read_with_type.ts";
import type { OffsetStore } from "../file/options.ts";
import { Calls } from "./calls.ts";
import { checkOptions, type Settings } from "./check_options.ts";
import { toRemoteOffset } from "./check_queue.ts";
import { type QueueFailure, RemotePersistError } from "./errors/remote_persist_error.ts";
import { RemoteStoreClosedError } from "./errors/remote_store_closed_error.ts";
import { BrokerClient } from "./network/broker_client.ts";
import type { Deadline } from "./network/deadline.ts";
import { type HeldOffset, OffsetMemory } from "./offset_memory.ts";
import type { CallOptions, RemoteOptions } from "./options.ts";
import { QueueTurns } from "./queue_turns.ts";

type State =
  | { readonly is: "open" }
  | { readonly is: "closing"; readonly closed: Promise<void> }
  | { readonly is: "closed" };

/**
 * An offset store on RocketMQ's brokers, for consumers in clustering mode: the consumers of a group
 * share the queues of a topic, and each goes on where the one before it was.
 *
 * Updates and most reads are answered by memory. `persist` sends to each queue's broker what has
 * changed. A broker acknowledges at once and writes to its disk some seconds later: after a crash
 * it may have an older offset again. The store notices that the connection was lost, and the next
 * `persist` sends what this store had sent before.
 *
 * In Deno it needs `--allow-net` for the name servers and the brokers.
 *
 * @example
 * ```ts
 * import { RemoteBrokerOffsetStore } from "@offsetstore/rocketmq/remote";
 *
 * const nameServers = ["127.0.0.1:9876"];
 * await using store = new RemoteBrokerOffsetStore({ group: "orders-group", nameServers });
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * store.update(mq, 42n, true);
 * if (await store.read(mq, "memory") !== 42n) throw new Error("42 is in memory");
 * store.remove(mq); // or else the end of this block would look for a broker
 * ```
 */
export class RemoteBrokerOffsetStore implements OffsetStore, AsyncDisposable {
  readonly #settings: Settings;
  readonly #memory = new OffsetMemory();
  readonly #client: BrokerClient;
  readonly #turns: QueueTurns;
  readonly #calls: Calls;
  #state: State = { is: "open" };

  /**
   * Makes a store; nothing is sent before the first read or persist that needs it.
   *
   * @param options Which group, where, and how; `group` and `nameServers` must be given.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If a number is out of its range, or an address or a name is none.
   */
  constructor(options: RemoteOptions) {
    this.#settings = checkOptions(options);
    this.#client = new BrokerClient(this.#settings);
    this.#turns = new QueueTurns(this.#settings.parallel);
    this.#calls = new Calls(this.#settings.timeoutMs);
  }

  /**
   * Sets a queue's offset in memory.
   *
   * @param mq The queue; brokers have no negative queue ids, and no `@` or white space in names.
   * @param offset Its offset, an int64 from 0 on: by convention the next message to consume. A
   *   `number` must be a safe integer.
   * @param increaseOnly Whether an offset that is not greater than the current one is ignored.
   * @throws {TypeError} If an argument is of the wrong type.
   * @throws {RangeError} If the queue or the offset cannot be a broker's.
   * @throws {RemoteStoreClosedError} If the store is closed.
   */
  update(mq: MessageQueue, offset: Offset | number, increaseOnly: boolean): void {
    this.#assertNotClosed("update");
    const given = toRemoteOffset(offset);
    checkIncreaseOnly(increaseOnly);
    this.#memory.update(this.#memory.slotOf(mq), given, increaseOnly);
  }

  /**
   * Reads a queue's offset from memory, from its broker, or from memory and then from the broker.
   *
   * A read from the broker never changes what memory holds; a queue that memory lacks is adopted.
   * Brokers 4.9 answer 0 for a queue without an offset, as long as its first message is still in
   * their memory.
   *
   * @param mq The queue.
   * @param type Where to look; see `readWithType` for the table of answers.
   * @param options A signal that ends the call early.
   * @returns The offset, or `-1n` if there is none.
   * @throws {TypeError} If the queue or the type is not one.
   * @throws {RangeError} If the queue cannot be a broker's.
   * @throws {BrokerAnswerError} If the broker refuses to answer.
   * @throws {BrokerUnreachableError} If nobody answers in time.
   * @throws {RouteError} If the name servers do not know the broker.
   * @throws {RemotingProtocolError} If a server does not speak the protocol.
   * @throws {RemoteStoreClosedError} If the store is closed.
   */
  async read(mq: MessageQueue, type: ReadType, options: CallOptions = {}): Promise<Offset> {
    this.#assertNotClosed("read");
    const slot = this.#memory.slotOf(mq);
    const held = this.#memory.get(slot)?.offset;
    if (memoryAnswers(held, type)) return held ?? NO_OFFSET;
    // After the updates of the queue that are under way: it reads what they wrote.
    return await this.#calls.run(
      options.signal,
      (deadline) => this.#turns.run(slot, () => this.#readStored(slot, deadline)),
    );
  }

  /**
   * Sends offsets to their brokers: those of the named queues, or of all queues. What the broker
   * has acknowledged already, or has itself answered to a read, is not sent again.
   *
   * Once it resolves, the brokers have taken these offsets or later ones. Updates of one queue are
   * never under way together, so that a later one is never overtaken.
   *
   * @param mqs The queues to persist; all by default. `[]` does nothing.
   * @param options A signal that ends the call early.
   * @throws {TypeError} If a queue is not one.
   * @throws {RangeError} If a queue cannot be a broker's.
   * @throws {RemotePersistError} If some queues are not acknowledged; it has an error for each.
   * @throws {RemoteStoreClosedError} If the store is closed.
   */
  async persist(mqs?: readonly MessageQueue[], options: CallOptions = {}): Promise<void> {
    this.#assertNotClosed("persist");
    checkQueues(mqs);
    const slots = mqs && new Set(mqs.map((mq) => this.#memory.slotOf(mq)));
    const held = slots && [...slots].flatMap((slot) => this.#memory.get(slot) ?? []);
    await this.#send(held ?? this.#memory.all(), options);
  }

  /**
   * Forgets a queue in memory; the broker keeps its offset.
   *
   * A consumer that loses a queue to another one persists it and then removes it, or it would go on
   * writing an offset that the other one has left behind.
   *
   * @param mq The queue.
   * @throws {TypeError} If the queue is not one.
   * @throws {RangeError} If the queue cannot be a broker's.
   * @throws {RemoteStoreClosedError} If the store is closed.
   */
  remove(mq: MessageQueue): void {
    this.#assertNotClosed("remove");
    this.#memory.remove(this.#memory.slotOf(mq));
  }

  /**
   * Persists a last time, waits for all calls that are under way, and closes the connections.
   *
   * Until then the store can be used; an update that comes too late for the last persist is dropped.
   * If the persist fails, the store stays open and usable. Closing twice is the same as once.
   *
   * @param options A signal that ends the last persist early.
   * @throws {RemotePersistError} If some queues are not acknowledged; it has an error for each.
   */
  close(options: CallOptions = {}): Promise<void> {
    if (this.#state.is === "closed") return Promise.resolve();
    if (this.#state.is === "closing") return this.#state.closed;
    const closed = this.#close(options);
    this.#state = { is: "closing", closed };
    return closed;
  }

  /**
   * Closes the connections at once and sends nothing more; calls that are under way reject with
   * `RemoteStoreClosedError`. It is for a store whose `close` fails.
   */
  async abandon(): Promise<void> {
    this.#end();
    await this.#calls.ended();
  }

  /** Closes the store at the end of an `await using` block, and abandons it if that fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.close();
    } finally {
      await this.abandon();
    }
  }

  async #close(options: CallOptions): Promise<void> {
    try {
      await this.#send(this.#memory.all(), options);
    } catch (error) {
      if (this.#state.is === "closing") this.#state = { is: "open" };
      throw error;
    }
    await this.#calls.ended();
    this.#end();
  }

  #end(): void {
    if (this.#state.is === "closed") return;
    this.#state = { is: "closed" };
    const error = new RemoteStoreClosedError("use", this.#settings.group);
    this.#calls.abandon(error);
    this.#client.close(error);
  }

  async #readStored(slot: number, deadline: Deadline): Promise<Offset> {
    const removals = this.#memory.removals(slot);
    const offset = await this.#client.query(this.#memory.queueAt(slot), deadline);
    const isAdopted = offset !== undefined && offset >= 0n;
    if (isAdopted && removals === this.#memory.removals(slot)) this.#memory.adopt(slot, offset);
    return offset ?? NO_OFFSET;
  }

  async #send(all: readonly HeldOffset[], options: CallOptions): Promise<void> {
    const dirty = all.filter((held) => held.isDirty);
    if (dirty.length === 0) return;
    await this.#calls.run(options.signal, async (deadline) => {
      const failures: QueueFailure[] = [];
      await Promise.all(dirty.map(async (held) => {
        try {
          await this.#turns.run(held.slot, () => this.#sendOne(held, deadline));
        } catch (error) {
          failures.push({ mq: held.mq, offset: held.offset, error: error as Error });
        }
      }));
      if (failures.length > 0) throw new RemotePersistError(failures, dirty.length);
    });
  }

  async #sendOne(held: HeldOffset, deadline: Deadline): Promise<void> {
    // An earlier call may have sent it by now.
    if (!held.isDirty) return;
    const { mq, offset } = held;
    if (this.#settings.oneWay) await this.#client.send(mq, offset, deadline);
    else held.acknowledge(offset, await this.#client.update(mq, offset, deadline));
  }

  #assertNotClosed(action: string): void {
    if (this.#state.is === "closed") {
      throw new RemoteStoreClosedError(action, this.#settings.group);
    }
  }
}
