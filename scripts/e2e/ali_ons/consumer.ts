/**
 * A consumer of ali-ons that a check starts, kills and starts again, on Deno, Bun and Node.
 *
 * It writes the body of each message to a log when its handler ends, and tells on standard output
 * what it does. SIGTERM closes it.
 *
 * @module
 */
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { withLocalOffsets } from "../../../src/ali_ons/mod.ts";
import { clientOptions } from "./client_options.ts";
import { type ConsumerPlan, GROUP } from "./consumer_plan.ts";

async function consume(plan: ConsumerPlan): Promise<void> {
  const { Consumer } = createRequire(import.meta.url)("ali-ons");
  const { persistEachMessage, exclusive, handlerMs, holdAfter } = plan;
  const ours = withLocalOffsets(Consumer, { persistEachMessage, exclusive });
  const consumer = new (plan.store === "ours" ? ours : Consumer)({
    ...clientOptions(plan.nameServer),
    consumerGroup: GROUP,
    instanceName: plan.instanceName,
    isBroadcast: true,
    persistent: true,
    consumeFromWhere: `CONSUME_FROM_${plan.from.toUpperCase()}_OFFSET`,
    persistConsumerOffsetInterval: plan.persistMs,
    rebalanceInterval: 500,
    pollNameServerInteval: 500,
  });
  consumer.on("error", (error: Error) => console.log(`error ${JSON.stringify(error.message)}`));
  process.on("SIGTERM", async () => {
    await consumer.close();
    console.log("closed");
    process.exit(0);
  });
  let handled = 0;
  consumer.subscribe(plan.topic, "*", async ({ body }: { readonly body: Uint8Array }) => {
    if (handled === holdAfter) {
      console.log("holding");
      await new Promise(() => {});
    }
    if (handlerMs > 0) await setTimeout(handlerMs);
    appendFileSync(plan.log, new TextDecoder().decode(body) + "\n");
    handled++;
    console.log(`handled ${handled}`);
  });
  await consumer.ready();
  console.log("ready");
}

await consume(JSON.parse(process.argv[2]));
