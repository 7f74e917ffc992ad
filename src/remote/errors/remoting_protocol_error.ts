/**
 * The other side does not speak the remoting protocol as this store does.
 *
 * The connection is closed, since nothing tells where the next frame would begin. The address may
 * be that of another service, or of a server that wants TLS where the store does not, or the other
 * way round.
 *
 * @example
 * ```ts
 * import { RemotingProtocolError } from "@offsetstore/rocketmq/remote";
 *
 * const error = new RemotingProtocolError("a frame of 1213486160 bytes", "4 to 16777216 bytes");
 * if (error.name !== "RemotingProtocolError") throw error;
 * ```
 */
export class RemotingProtocolError extends Error {
  /** The name of the class. */
  override readonly name = "RemotingProtocolError";

  /**
   * Makes the error.
   *
   * @param found What came, such as `a frame of 3 bytes`.
   * @param expected What would have been right.
   * @param cause Why it could not be read, if something else says that.
   */
  constructor(found: string, expected: string, cause?: unknown) {
    super(
      `Cannot read "${found}": expected ${expected}; check the address and the TLS option`,
      cause === undefined ? undefined : { cause },
    );
  }
}
