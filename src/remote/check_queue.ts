import { checkMessageQueue, type MessageQueue, quote } from "../core/table/message_queue.ts";
import { type Offset, toOffset } from "../core/table/offset.ts";

/** Brokers keep offsets under `topic@group`, and check neither part. */
const SEPARATOR = "@";

/**
 * Refuses what a broker would take and then lose or mix up; it checks nothing itself.
 *
 * @throws {TypeError} If it is no queue, or a name is ill-formed.
 * @throws {RangeError} If the queue id is no int32 or negative, or a name cannot be a broker's.
 */
export function checkQueue(mq: MessageQueue): void {
  checkMessageQueue(mq);
  checkName("topic", mq.topic);
  checkName("brokerName", mq.brokerName);
  if (mq.queueId < 0) {
    throw new RangeError(`Cannot use queueId "${mq.queueId}": a broker has no negative one`);
  }
}

/** Refuses the name of a group, a topic or a broker that no broker can have. */
export function checkName(field: string, name: unknown): void {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot use ${field} ${quote(name)}: it is not a string`);
  }
  if (!name.isWellFormed()) {
    throw new TypeError(`Cannot use ${field} ${quote(name)}: it holds a lone surrogate`);
  }
  const state = name === ""
    ? "it is empty"
    : name.includes(SEPARATOR)
    ? `it holds "${SEPARATOR}", which separates topic and group on the broker`
    : /[\s\p{Cc}]/u.test(name)
    ? "it holds white space or a control character"
    : undefined;
  if (state !== undefined) throw new RangeError(`Cannot use ${field} ${quote(name)}: ${state}`);
}

/**
 * Makes an offset of the value, as `toOffset` does, and refuses negative ones: a broker would take
 * them, and then answer that there is none.
 *
 * @throws {TypeError} If it is neither a bigint nor a number.
 * @throws {RangeError} If it is not an int64 from 0 on.
 */
export function toRemoteOffset(value: Offset | number): Offset {
  const offset = toOffset(value);
  if (offset >= 0n) return offset;
  throw new RangeError(
    `Cannot use offset "${value}": a broker takes a negative offset for none`,
  );
}
