import type { MessageQueue } from "../../mod.ts";

/** So many queues of different names, as they would be: a hundred of each topic on a broker. */
export function queuesOf(count: number): MessageQueue[] {
  const queues: MessageQueue[] = [];
  for (let topic = 0; queues.length < count; topic++) {
    const name = `topic-${String(topic).padStart(4, "0")}`;
    for (let broker = 0; broker < 10; broker++) {
      const brokerName = `broker-${broker}`;
      for (let queueId = 0; queueId < 100 && queues.length < count; queueId++) {
        queues.push({ topic: name, brokerName, queueId });
      }
    }
  }
  return queues;
}

/** An order in which each index comes once, and that no cache foresees; another for each seed. */
export function shuffled(count: number, seed = 0): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  let state = 20261123 + seed;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const j = (state >>> 8) % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
