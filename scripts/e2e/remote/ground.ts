/** The group, the topic and the queues that the checks share, and how they reach them. */
import assert from "node:assert/strict";
import {
  BrokerAnswerError,
  type MessageQueue,
  RemoteBrokerOffsetStore,
  type RemoteOptions,
  RemotePersistError,
} from "../../../src/remote/mod.ts";
import type { RealBroker } from "../../broker/with_broker.ts";

export const TOPIC = "orders";
export const GROUP = "orders-group";
export const QUEUES = [0, 1, 2, 3];
/** How many messages each queue gets. */
export const EACH = 10;

export const isVersion4 = (broker: RealBroker) => broker.version.startsWith("4.");

export function storeOn(
  broker: RealBroker,
  more: Partial<RemoteOptions> = {},
): RemoteBrokerOffsetStore {
  return new RemoteBrokerOffsetStore({ group: GROUP, nameServers: [broker.nameServer], ...more });
}

export const queueOf = (broker: RealBroker, queueId: number): MessageQueue => ({
  topic: TOPIC,
  brokerName: broker.name,
  queueId,
});

/** The answer of a broker to a persist that it refuses. */
export async function refusal(store: RemoteBrokerOffsetStore): Promise<BrokerAnswerError> {
  const error = await store.persist().then(() => undefined, (reason) => reason);
  assert.ok(error instanceof RemotePersistError, `it was not refused: ${error}`);
  const [failure] = error.failures;
  assert.ok(failure.error instanceof BrokerAnswerError, failure.error.message);
  return failure.error;
}
