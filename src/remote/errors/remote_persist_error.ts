import type { MessageQueue } from "../../core/table/message_queue.ts";
import type { Offset } from "../../core/table/offset.ts";

/** A queue whose offset the broker has not acknowledged, and why. */
export interface QueueFailure {
  /** The queue. */
  readonly mq: MessageQueue;
  /** The offset that was to be sent. */
  readonly offset: Offset;
  /**
   * A `BrokerAnswerError`, `BrokerUnreachableError`, `RouteError`, `RemotingProtocolError` or
   * `RemoteStoreClosedError`.
   */
  readonly error: Error;
}

/**
 * The offsets of some queues were not acknowledged; those of all others were.
 *
 * Memory is as it was; the next `persist` sends what is not acknowledged.
 *
 * @example
 * ```ts
 * import { RemotePersistError } from "@offsetstore/rocketmq/remote";
 *
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * const error = new RemotePersistError([{ mq, offset: 42n, error: new Error("no answer") }], 3);
 * if (error.failures[0].mq.topic !== "orders") throw error;
 * ```
 */
export class RemotePersistError extends Error {
  /** The name of the class. */
  override readonly name = "RemotePersistError";
  /** The queues that failed; never empty. */
  readonly failures: readonly QueueFailure[];

  /**
   * Makes the error; its `cause` is the first failure's error.
   *
   * @param failures The queues that failed; at least one.
   * @param total How many queues were to be sent.
   */
  constructor(failures: readonly QueueFailure[], total: number) {
    const [{ error }] = failures;
    super(
      `Cannot persist the offsets of ${failures.length} of ${total} queues: ${error.message}`,
      { cause: error },
    );
    this.failures = failures;
  }
}
