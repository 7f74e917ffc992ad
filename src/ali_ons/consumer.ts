/**
 * What the adapter uses of a consumer of `ali-ons` 3: no type of that package is imported.
 */
export interface AliOnsConsumer {
  /** The client id: `<clientIP>@<instanceName>`. */
  readonly clientId: string;
  /** The consumer group, with the namespace if there is one. */
  readonly consumerGroup: string;
  /** Makes the offset store; the constructor calls it. */
  newOffsetStoreInstance(): unknown;
  /** Subscribes to a topic; the last argument is the handler of a message, an async function. */
  // deno-lint-ignore no-explicit-any
  subscribe(topic: string, ...expressionAndHandler: any[]): void;
  /** Decides at which offset a queue is begun; less than 0 means that it is not begun. */
  computePullFromWhere(queue: AliOnsQueue): Promise<number>;
  /** Stops the consumer. */
  close(): Promise<void>;
}

/** The `Consumer` class of `ali-ons` 3, or one that extends it. */
// A mixin's constructor takes any arguments (TS2545).
// deno-lint-ignore no-explicit-any
export type AliOnsConsumerClass = new (...args: any[]) => AliOnsConsumer;

/** A queue as `ali-ons` hands it over. */
export interface AliOnsQueue {
  /** The topic that the queue belongs to. */
  readonly topic: string;
  /** The name of the broker that holds the queue. */
  readonly brokerName: string;
  /** A number, or in places its digits. */
  readonly queueId: number | string;
}

/** Where a read looks, in the words of `ali-ons`. */
export type AliOnsReadType = "READ_FROM_MEMORY" | "READ_FROM_STORE" | "MEMORY_FIRST_THEN_STORE";
