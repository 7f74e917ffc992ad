/**
 * A broker or a name server gave no answer in time.
 *
 * Memory is as it was, and the next call tries again. An update that was `sent` may have been taken
 * by the broker all the same.
 *
 * @example
 * ```ts
 * import { BrokerUnreachableError } from "@offsetstore/rocketmq/remote";
 *
 * const error = new BrokerUnreachableError("10.0.0.1:10911", "the connection was closed", true);
 * if (!error.sent) throw error;
 * ```
 */
export class BrokerUnreachableError extends Error {
  /** The name of the class. */
  override readonly name = "BrokerUnreachableError";
  /** The server's address, or the name of the broker if its address was not found out. */
  readonly address: string;
  /** What went wrong, such as `the connection was closed`. */
  readonly reason: string;
  /** Whether the request was sent, so that the server may have acted on it. */
  readonly sent: boolean;

  /**
   * Makes the error.
   *
   * @param address The server's address, or the name of the broker.
   * @param reason What went wrong, such as `the connection was closed`.
   * @param sent Whether the request was sent.
   * @param cause What the system said, or the last failure before the time was over.
   */
  constructor(address: string, reason: string, sent: boolean, cause?: unknown) {
    super(
      `Cannot reach "${address}": ${reason}${sent ? "; the request may have arrived" : ""}`,
      cause === undefined ? undefined : { cause },
    );
    this.address = address;
    this.reason = reason;
    this.sent = sent;
  }
}
