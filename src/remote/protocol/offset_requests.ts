import type { MessageQueue } from "../../core/table/message_queue.ts";
import { type Offset, toOffset } from "../../core/table/offset.ts";
import { RemotingProtocolError } from "../errors/remoting_protocol_error.ts";
import type { Frame, Request } from "./frame.ts";
import { RequestCode, ResponseCode } from "./response_code.ts";

/** Asks for the offset that a group has in a queue. */
export function queryOffset(group: string, mq: MessageQueue): Request {
  // Without the last field, a broker of version 5 answers 0 for a group that is new.
  const fields = fieldsOf(group, mq).set("setZeroIfNotFound", "false");
  return { code: RequestCode.QUERY_CONSUMER_OFFSET, fields };
}

/** Sets the offset that a group has in a queue. */
export function updateOffset(group: string, mq: MessageQueue, offset: Offset): Request {
  const fields = fieldsOf(group, mq).set("commitOffset", String(offset));
  return { code: RequestCode.UPDATE_CONSUMER_OFFSET, fields };
}

function fieldsOf(group: string, { topic, brokerName, queueId }: MessageQueue) {
  return new Map([
    ["consumerGroup", group],
    ["topic", topic],
    ["queueId", String(queueId)],
    ["bname", brokerName],
  ]);
}

/**
 * The offset in the answer to a query; `undefined` if there is none.
 *
 * @throws {RemotingProtocolError} If the answer has no int64 where the offset should be.
 */
export function offsetIn({ code, fields }: Frame): Offset | undefined {
  if (code === ResponseCode.QUERY_NOT_FOUND) return undefined;
  const text = fields.get("offset");
  try {
    if (text !== undefined && /^-?\d{1,19}$/.test(text)) return toOffset(BigInt(text));
  } catch {
    // It has as many digits as the greatest int64, and is greater.
  }
  throw new RemotingProtocolError(`offset ${text}`, "an int64");
}

/** Whether a broker has answered success to an update, and ignored it. */
export function isIgnored({ remark }: Frame): boolean {
  // From 5.0 on, until a consumer has pulled from an offset that an operator has reset.
  return remark?.includes("previously reset") ?? false;
}
