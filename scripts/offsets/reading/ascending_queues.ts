import type { MessageQueue } from "../../../mod.ts";
import { compareNames } from "../../../src/core/table/message_queue.ts";

/**
 * Tells whether queues come in a strictly ascending order, so that none comes twice: by topic, broker
 * and queue id, as a number (this module) or as text (Go's client, which sorts keys as text).
 */
export class AscendingQueues {
  #last: MessageQueue | undefined;
  #byNumber = true;
  #byText = true;

  /** Takes the next queue; `false` if it does not follow the one before in either order. */
  isNext(mq: MessageQueue): boolean {
    const last = this.#last;
    this.#last = mq;
    if (last === undefined) return true;
    const names = last.topic === mq.topic && last.brokerName === mq.brokerName
      ? 0
      : compareNames(last.topic, mq.topic) || compareNames(last.brokerName, mq.brokerName);
    if (names !== 0) return names < 0;
    this.#byNumber &&= last.queueId < mq.queueId;
    this.#byText &&= String(last.queueId) < String(mq.queueId);
    return this.#byNumber || this.#byText;
  }
}
