import { EventEmitter } from "node:events";

/** A message as a handler gets it. */
export interface Message {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly body: string;
}

export type PullResult =
  | { readonly status: "FOUND"; readonly messages: readonly Message[]; readonly next: number }
  | { readonly status: "NO_NEW_MSG" | "OFFSET_ILLEGAL"; readonly next: number };

/** The queues of some topics in memory, as a consumer sees them. */
export class FakeBroker extends EventEmitter {
  readonly #topics = new Map<string, Message[][]>();
  readonly #readable = new Map<string, number>();

  constructor() {
    super();
    // Each pull that waits is a listener.
    this.setMaxListeners(0);
  }

  /** Makes a topic with so many empty queues, or changes how many of its queues can be read. */
  setQueues(topic: string, count: number): void {
    const queues = this.#topics.get(topic) ?? [];
    while (queues.length < count) queues.push([]);
    this.#topics.set(topic, queues);
    this.#readable.set(topic, count);
  }

  /** The ids of the queues that can be read. */
  route(topic: string): number[] {
    return Array.from({ length: this.#readable.get(topic) ?? 0 }, (_, id) => id);
  }

  send(topic: string, queueId: number, body: string): Message {
    const queue = this.#queue(topic, queueId);
    const message = { topic, queueId, queueOffset: queue.length, body };
    queue.push(message);
    this.emit("change", "message");
    return message;
  }

  /** Answers all pulls that wait for a message, as a broker does after 15 seconds. */
  endPolls(): void {
    this.emit("change", "timeout");
  }

  maxOffset(topic: string, queueId: number): number {
    return this.#queue(topic, queueId).length;
  }

  pull(topic: string, queueId: number, offset: number, count: number): PullResult {
    const queue = this.#queue(topic, queueId);
    if (offset > queue.length) return { status: "OFFSET_ILLEGAL", next: queue.length };
    const messages = queue.slice(offset, offset + count);
    const next = offset + messages.length;
    return messages.length > 0
      ? { status: "FOUND", messages, next }
      : { status: "NO_NEW_MSG", next };
  }

  #queue(topic: string, queueId: number): Message[] {
    return this.#topics.get(topic)![queueId];
  }
}
