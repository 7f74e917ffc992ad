import type { MessageQueue, Offset } from "../../../mod.ts";

/** Consumers persist every 5 s or so: over a shorter span the rate would jump between 0 and 5-fold. */
const WINDOW_MS = 30_000;
/** Samples that are closer than this are not both kept: a long table takes room. */
const STEP_MS = 4000;

/** A queue with its rate in messages a second; `undefined` if there is only one sample of it. */
export interface QueueRate {
  readonly mq: MessageQueue;
  readonly offset: Offset;
  readonly rate: number | undefined;
}

interface Sample {
  readonly at: number;
  readonly offsets: ReadonlyMap<string, Offset>;
}

/** The last tables of a file, and how fast each queue moves over the last 30 seconds. */
export class RateWindow {
  readonly #samples: Sample[] = [];
  #entries: readonly (readonly [MessageQueue, Offset])[] = [];

  /** Adds a table; answers whether it differs from the last one. */
  add(at: number, entries: readonly (readonly [MessageQueue, Offset])[]): boolean {
    const last = this.#samples.at(-1)?.offsets;
    const offsets = new Map(entries.map(([mq, offset]) => [keyOf(mq), offset]));
    const isNew = last === undefined || last.size !== offsets.size ||
      [...offsets].some(([key, offset]) => last.get(key) !== offset);
    this.#entries = entries;
    const isClose = this.#samples.length > 1 && at - this.#samples.at(-2)!.at < STEP_MS;
    if (isClose) this.#samples.pop();
    this.#samples.push({ at, offsets });
    return isNew;
  }

  /** The queues of the last table. */
  queues(now: number): QueueRate[] {
    while (this.#samples.length > 2 && this.#samples[1].at <= now - WINDOW_MS) {
      this.#samples.shift();
    }
    const first = this.#samples.at(0);
    const seconds = first === undefined ? 0 : (now - first.at) / 1000;
    return this.#entries.map(([mq, offset]) => {
      const before = seconds > 0 ? first?.offsets.get(keyOf(mq)) : undefined;
      const rate = before === undefined ? undefined : Number(offset - before) / seconds;
      return { mq, offset, rate };
    });
  }
}

function keyOf({ topic, brokerName, queueId }: MessageQueue): string {
  return `${queueId} ${topic.length} ${topic} ${brokerName}`;
}
