import type { Held } from "../../core/rules/resolve_conflict.ts";
import type { MessageQueue } from "../../core/table/message_queue.ts";

/** A queue that is being deleted, with what memory held of it. */
export interface Deletion {
  readonly mq: MessageQueue;
  readonly held: Held | undefined;
}

/** The queues that are being taken out of the file (D2). */
export class Deletions {
  readonly #byQueue = new Map<string, Deletion>();
  readonly #cancelled = new WeakSet<Deletion>();
  #era = 0;

  /** Changes whenever a deletion begins or ends. */
  get era(): number {
    return this.#era;
  }

  /** The deletions that are going on. */
  all(): Iterable<Deletion> {
    return this.#byQueue.values();
  }

  has(mq: MessageQueue): boolean {
    return this.#byQueue.has(keyOf(mq));
  }

  /** Begins a deletion; it takes over from an earlier one of the same queue that is still going on. */
  begin({ topic, brokerName, queueId }: MessageQueue, held: Held | undefined): Deletion {
    const mq = { topic, brokerName, queueId };
    const key = keyOf(mq);
    const deletion = { mq, held: held ?? this.#byQueue.get(key)?.held };
    this.#byQueue.set(key, deletion);
    this.#era++;
    return deletion;
  }

  /** Ends a deletion; answers whether no later one has taken over from it. */
  end(deletion: Deletion): boolean {
    this.#era++;
    const key = keyOf(deletion.mq);
    if (this.#byQueue.get(key) !== deletion) return false;
    this.#byQueue.delete(key);
    return true;
  }

  /** Ends all deletions without their effect: the queues stay as they are (C4). */
  cancelAll(): void {
    for (const deletion of this.#byQueue.values()) this.#cancelled.add(deletion);
    this.#byQueue.clear();
    this.#era++;
  }

  /** Tells whether a deletion was cancelled. */
  isCancelled(deletion: Deletion): boolean {
    return this.#cancelled.has(deletion);
  }
}

function keyOf({ topic, brokerName, queueId }: MessageQueue): string {
  return JSON.stringify([topic, brokerName, queueId]);
}
