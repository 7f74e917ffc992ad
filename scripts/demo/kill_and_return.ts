import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { MessageQueue, Offset } from "../../mod.ts";
import { Consumer } from "./consumer.ts";
import { QUEUES } from "./queues.ts";

/** A queue's offset before and after something happened to the store. */
export interface Comparison extends MessageQueue {
  readonly before: Offset;
  readonly after: Offset;
}

/** What a kill did. */
export interface Kill {
  /** How many persists the killed consumer had acknowledged. */
  readonly persists: number;
  /** Whether it was killed in the middle of a write, so that a part of one was left. */
  readonly unfinishedWrite: boolean;
  /** Each queue, acknowledged before the kill and found after. */
  readonly queues: readonly Comparison[];
}

/** Each queue before and after. */
export function compare(before: readonly Offset[], after: readonly Offset[]): Comparison[] {
  return QUEUES.map((mq, i) => ({ ...mq, before: before[i], after: after[i] }));
}

/** Whether a queue went back, so that something acknowledged was lost. */
export function isLost({ before, after }: Comparison): boolean {
  return !(after >= before);
}

/**
 * Lets a consumer work and kills it, again and again; the one that comes back works on.
 *
 * @param onKill Is told of each kill once the next consumer has come back.
 * @returns What the last consumer, which was closed properly, acknowledged last.
 */
export async function killAndReturn(
  { script, root, main, kills }: {
    readonly script: string;
    readonly root: string;
    readonly main: string;
    readonly kills: number;
  },
  onKill: (kill: Kill) => void,
): Promise<readonly Offset[]> {
  let consumer = Consumer.start(script, root);
  /** What an earlier kill has left. */
  let left: readonly string[] = [];
  try {
    for (let i = 0; i < kills; i++) {
      await consumer.firstAcknowledged;
      // Any moment will do, so no one moment is chosen.
      await setTimeout(500 + Math.random() * 1500);
      await consumer.kill();
      const { acknowledged, persists } = consumer;
      const names = await readdir(dirname(main));
      consumer = Consumer.start(script, root);
      onKill({
        persists,
        unfinishedWrite: names.some((name) => name.endsWith(".tmp") && !left.includes(name)),
        queues: compare(acknowledged!, await consumer.found),
      });
      left = names;
    }
    await consumer.firstAcknowledged;
    await consumer.stop();
    return consumer.acknowledged!;
  } finally {
    await consumer.kill();
  }
}
