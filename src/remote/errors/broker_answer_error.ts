import { adviceFor, describeCode } from "../protocol/response_code.ts";

/**
 * A broker or a name server answered that it does not do what it was asked for.
 *
 * @example
 * ```ts
 * import { BrokerAnswerError } from "@offsetstore/rocketmq/remote";
 *
 * const error = new BrokerAnswerError("update the offset", "10.0.0.1:10911", 26, "no such group");
 * if (error.code !== 26) throw error;
 * ```
 */
export class BrokerAnswerError extends Error {
  /** The name of the class. */
  override readonly name = "BrokerAnswerError";
  /** The server's address. */
  readonly address: string;
  /** RocketMQ's response code. */
  readonly code: number;
  /** What the server says about it; `undefined` if nothing. */
  readonly remark: string | undefined;

  /**
   * Makes the error.
   *
   * @param action The request, such as `update the offset of queue 0`.
   * @param address The server's address.
   * @param code RocketMQ's response code.
   * @param remark What the server says about it.
   * @param advice What to do, if that does not follow from the code.
   */
  constructor(
    action: string,
    address: string,
    code: number,
    remark: string | undefined,
    advice: string | undefined = adviceFor(code),
  ) {
    const said = remark ? `: ${remark}` : "";
    const next = advice === undefined ? "" : `; ${advice}`;
    super(`Cannot ${action}: "${address}" answers ${describeCode(code)}${said}${next}`);
    this.address = address;
    this.code = code;
    this.remark = remark;
  }
}
