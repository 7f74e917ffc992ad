import assert from "node:assert/strict";
import { BrokerAnswerError } from "../../../src/remote/mod.ts";
import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { CREDENTIALS } from "./access.ts";
import { storeOn } from "./ground.ts";

/** The answers of a broker that checks access, to signed and to other requests. */
export async function checkAccess(checks: Checks, broker: RealBroker): Promise<void> {
  // A topic of the broker's own, so that no tool needs a key to make one.
  const mq = { topic: "SELF_TEST_TOPIC", brokerName: broker.name, queueId: 0 };
  await checks.run("signed requests", async () => {
    await using store = storeOn(broker, { credentials: CREDENTIALS });
    return `reads ${await store.read(mq, "store")}`;
  });
  for (
    const [check, credentials] of [
      ["requests without a signature", undefined],
      ["requests with a wrong one", { ...CREDENTIALS, secretKey: "wrong" }],
    ] as const
  ) {
    await checks.run(check, async () => {
      await using store = storeOn(broker, credentials && { credentials });
      const error = await store.read(mq, "store").then(() => undefined, (reason) => reason);
      assert.ok(error instanceof BrokerAnswerError, `it was not refused: ${error}`);
      return `refused with ${error.code}`;
    });
  }
}
