import { existsSync, readFileSync, truncateSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { parse, parseAliOns } from "../../../mod.ts";
import type { ConsumerPlan } from "./consumer_plan.ts";
import type { Outcome, Stage } from "./stage.ts";
import { waitFor } from "./wait_for.ts";

type Plan = Partial<ConsumerPlan>;

/** Without a stored offset, each of these consumers begins at the end. */
const LAST: Plan = { from: "last", persistMs: 200 };

/** The consumer is killed before there is a message, and twelve messages are sent meanwhile. */
export async function offsetZero(stage: Stage, store: Plan): Promise<Outcome> {
  const consumer = await stage.start({ ...LAST, ...store });
  // Less than 15 seconds: the broker answers the first pull then, and the offset is updated.
  await waitFor("a file with each queue", () => hasEachQueue(stage, store), 10_000);
  await stage.kill(consumer);
  await stage.send(12);
  return await stage.finish({ ...LAST, ...store });
}

/** Half of the file is left after forty messages; forty more are sent meanwhile. */
export async function tornFile(stage: Stage, store: Plan): Promise<Outcome> {
  for (let i = 0; i < 2; i++) {
    await stage.send(20);
    const consumer = await stage.start(store);
    await stage.said(consumer, /^handled 20$/m);
    await stage.close(consumer);
  }
  const path = pathOf(stage, store);
  truncateSync(path, readFileSync(path).length >> 1);
  await stage.send(40);
  return await stage.finish({ ...LAST, ...store });
}

/** Two of four queues cannot be read for some seconds; the consumer is killed before they return. */
export async function queuesLeave(stage: Stage, store: Plan): Promise<Outcome> {
  const consumer = await stage.start({ ...LAST, from: "first", ...store });
  await stage.send(40);
  await stage.said(consumer, /^handled 40$/m);
  await stage.setQueues(2);
  // Time for some rebalances and persists.
  await setTimeout(3000);
  await stage.kill(consumer);
  await stage.setQueues(4);
  await stage.send(40);
  return await stage.finish({ ...LAST, ...store });
}

const pathOf = (stage: Stage, { store = "ours" }: Plan): string =>
  stage.path(store === "ours" ? "offset.json" : "offsets.json");

function hasEachQueue(stage: Stage, plan: Plan): boolean {
  const path = pathOf(stage, plan);
  if (!existsSync(path)) return false;
  const text = readFileSync(path, "utf8");
  if (plan.store !== "own") return parse(text).size === 4;
  // It is written in place, so that it may be empty for a moment. Offset 0 is written as -1.
  return text.match(/:-1/g)?.length === 4 && parseAliOns(text).size === 0;
}
