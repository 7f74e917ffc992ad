import type { MessageQueue } from "../../mod.ts";

/** The queues that the demo's consumer consumes. */
export const QUEUES: readonly MessageQueue[] = [
  { topic: "orders", brokerName: "broker-a", queueId: 0 },
  { topic: "orders", brokerName: "broker-a", queueId: 1 },
  { topic: "orders", brokerName: "broker-b", queueId: 0 },
  { topic: "payments", brokerName: "broker-a", queueId: 0 },
];

/** The store of the demo's consumer. */
export const STORE = { clientId: "10.0.0.7@demo", group: "demo" } as const;
