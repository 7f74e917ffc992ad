/**
 * A message queue: the unit whose consumption progress is remembered.
 *
 * `topic` and `brokerName` are any well-formed strings, `queueId` is an int32.
 */
export interface MessageQueue {
  /** The topic that the queue belongs to. */
  readonly topic: string;
  /** The name of the broker that holds the queue. */
  readonly brokerName: string;
  /** The queue's number on that broker, an int32. */
  readonly queueId: number;
}

/**
 * Refuses what is not a message queue (clause U6).
 *
 * A lone surrogate would become U+FFFD when the file is encoded, so two different queues
 * could collide in one key; that is why ill-formed strings are refused at the boundary.
 *
 * @param mq The value to check.
 * @throws {TypeError} If it is not an object, `topic` or `brokerName` is not a well-formed string, or `queueId` not a number.
 * @throws {RangeError} If `queueId` is not an int32.
 *
 * @example
 * ```ts
 * import { checkMessageQueue } from "@offsetstore/rocketmq/core";
 *
 * checkMessageQueue({ topic: "orders", brokerName: "broker-a", queueId: 0 });
 * ```
 */
export function checkMessageQueue(mq: MessageQueue): void {
  if (typeof mq !== "object" || mq === null) {
    throw new TypeError(`Cannot use message queue ${quote(mq)}: it is not an object`);
  }
  checkName("topic", mq.topic);
  checkName("brokerName", mq.brokerName);
  const { queueId } = mq;
  if (typeof queueId !== "number") {
    throw new TypeError(`Cannot use queueId ${quote(queueId)}: it is not a number`);
  }
  if ((queueId | 0) !== queueId) {
    throw new RangeError(`Cannot use queueId "${queueId}": it is not an int32`);
  }
}

function checkName(field: string, name: unknown): void {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot use ${field} ${quote(name)}: it is not a string`);
  }
  if (!name.isWellFormed()) {
    throw new TypeError(`Cannot use ${field} ${quote(name)}: it holds a lone surrogate`);
  }
}

/** A longer text is cut in a message; the longest path of Linux is shown whole. */
const LONGEST_QUOTE = 4096;

/** A value as error messages show it. Unlike JSON.stringify it takes any value, also a bigint. */
export function quote(value: unknown): string {
  const text = String(value);
  if (text.length > LONGEST_QUOTE) {
    return `${JSON.stringify(text.slice(0, 200))}… (${text.length} characters)`;
  }
  return JSON.stringify(text);
}

/**
 * The canonical order of queues: topic, broker name (by UTF-16 code units), queue id (by number).
 *
 * @param a The one queue.
 * @param b The other queue.
 * @returns Less than, equal to or greater than zero, as `Array.prototype.sort` wants it.
 *
 * @example
 * ```ts
 * import { compareMessageQueues } from "@offsetstore/rocketmq/core";
 *
 * const at = (queueId: number) => ({ topic: "orders", brokerName: "broker-a", queueId });
 * if (compareMessageQueues(at(2), at(10)) >= 0) throw new Error("2 comes before 10");
 * ```
 */
export function compareMessageQueues(a: MessageQueue, b: MessageQueue): number {
  return compareNames(a.topic, b.topic) || compareNames(a.brokerName, b.brokerName) ||
    a.queueId - b.queueId;
}

/** Compares by code units: `<` on strings does that, `localeCompare` does not. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
