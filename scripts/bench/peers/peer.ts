import type { Contender, Contest } from "../contender.ts";
import { queuesOf } from "../queues.ts";

/** Something a user might keep offsets in instead; it keeps its state as it documents. */
export interface Peer {
  readonly name: string;
  /** What a persist of one changed queue writes. */
  readonly writes: "the whole table" | "one entry";
  readonly open: (contest: Contest) => Promise<Contender>;
}

/** What a peer writes: an object from queue to offset. */
export interface PeerState {
  readonly offsets: Record<string, number>;
  /** Gives the next queue a new offset, and answers its key. */
  step(): string;
}

/** The state of so many queues. */
export function stateOf(count: number): PeerState {
  const keys = queuesOf(count).map((mq) => JSON.stringify(mq));
  const offsets: Record<string, number> = Object.fromEntries(keys.map((key, i) => [key, i]));
  let next = 0;
  let offset = 1_000_000;
  const step = () => {
    next = (next + 7919) % count;
    offsets[keys[next]] = offset++;
    return keys[next];
  };
  return { offsets, step };
}
