/** A stand-in for a RocketMQ client, so that the examples run without a broker. */
import { setTimeout } from "node:timers/promises";
import type { MessageQueue } from "@offsetstore/rocketmq";

/** A message, and where it stands. */
export interface Message {
  readonly mq: MessageQueue;
  /** Its position in the queue. */
  readonly offset: bigint;
}

/** Messages of two queues, one every few milliseconds, until it is stopped. */
export class MessageSource {
  readonly queues: readonly MessageQueue[] = [0, 1].map((queueId) => (
    { topic: "orders", brokerName: "broker-a", queueId }
  ));
  #isStopped = false;

  /**
   * Pulls messages.
   *
   * @param next The first message of a queue that is wanted.
   */
  async *pull(next: (mq: MessageQueue) => bigint): AsyncGenerator<Message> {
    const offsets = this.queues.map((mq) => next(mq));
    for (let turn = 0; !this.#isStopped; turn = (turn + 1) % offsets.length) {
      yield { mq: this.queues[turn], offset: offsets[turn]++ };
      await setTimeout(2);
    }
  }

  /** Brings no further message. */
  stop(): void {
    this.#isStopped = true;
  }
}
