import { quote } from "../../core/table/message_queue.ts";

/**
 * The name servers know no address for a queue's broker.
 *
 * @example
 * ```ts
 * import { RouteError } from "@offsetstore/rocketmq/remote";
 *
 * const error = new RouteError("orders", "broker-b", "the topic is on \"broker-a\" only");
 * if (error.brokerName !== "broker-b") throw error;
 * ```
 */
export class RouteError extends Error {
  /** The name of the class. */
  override readonly name = "RouteError";
  /** The topic. */
  readonly topic: string;
  /** The name of the broker. */
  readonly brokerName: string;

  /**
   * Makes the error.
   *
   * @param topic The topic.
   * @param brokerName The name of the broker.
   * @param state What the name servers know instead.
   * @param cause The answer of a name server, if that is why.
   */
  constructor(topic: string, brokerName: string, state: string, cause?: unknown) {
    super(
      `Cannot find broker ${quote(brokerName)} for topic ${quote(topic)}: ${state}`,
      cause === undefined ? undefined : { cause },
    );
    this.topic = topic;
    this.brokerName = brokerName;
  }
}
