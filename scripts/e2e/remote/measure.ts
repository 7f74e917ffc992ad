import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { queueOf, storeOn } from "./ground.ts";

/** How long an acknowledged persist takes. */
export async function measure(checks: Checks, broker: RealBroker): Promise<void> {
  await checks.run("what a persist takes", async () => {
    const one = storeOn(broker);
    const mq = queueOf(broker, 0);
    const persist = async (offset: bigint) => {
      one.update(mq, offset, false);
      await one.persist();
    };
    for (let i = 1n; i <= 300n; i++) await persist(i);
    const began = performance.now();
    for (let i = 1n; i <= 500n; i++) await persist(i);
    const each = (performance.now() - began) / 500;
    // The broker does not check that these queues exist.
    for (let id = 0; id < 1000; id++) one.update(queueOf(broker, id), 1n, false);
    const many = performance.now();
    await one.persist();
    const all = performance.now() - many;
    await one.close();
    return `${each.toFixed(2)} ms for 1 queue, ${Math.round(all)} ms for 1000`;
  });
}
