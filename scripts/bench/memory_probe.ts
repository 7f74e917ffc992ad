/**
 * The program that tells how much memory a store needs, in a process of its own:
 *
 *     memory_probe.ts ROOT QUEUES load|update|maps|churn|peak|stores
 *
 * - `load`, `update`: the bytes for each queue, beyond what holds the names: of the store, and then of
 *   the store after a persist.
 * - `maps`: the same of nothing but a map from queue id to number for each broker.
 * - `churn`: how much more the program holds after so many queues came and went; and what a persist of
 *   the ten that are left takes, to a persist of a new store with ten.
 * - `peak`: the most memory that `open` needs beyond what the program had before, to the file's length;
 *   NaN where the system does not tell.
 * - `stores`: the bytes that each of so many stores in directories of their own leaves behind.
 */
import { readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { LocalFileOffsetStore } from "../../mod.ts";
import { heldBytes } from "./garbage.ts";
import { queuesOf } from "./queues.ts";
import { type Case, measure } from "./rounds.ts";
import { ratio } from "./statistics.ts";

async function measureMaps(count: number): Promise<void> {
  const before = await heldBytes();
  const maps = Array.from({ length: count / 100 }, (_, m) => {
    const map = new Map<number, number>();
    for (let i = 0; i < 100; i++) map.set(i, 100 * m + i);
    return map;
  });
  console.log((await heldBytes() - before) / count);
  if (maps.length !== count / 100) throw new Error("the maps are gone");
}

async function main(root: string, count: number, how: "load" | "update"): Promise<void> {
  const options = { clientId: "c", group: "g", root };
  // The names are there before and after, as those of a consumer's own tables are.
  const queues = queuesOf(count);
  const before = await heldBytes();
  const store = await LocalFileOffsetStore.open(options);
  if (how === "update") {
    for (const mq of queues) store.update(mq, 1_000_000n, true);
  }
  if (store.status().queues !== count) throw new Error("the store is not as large as it should be");
  console.log((await heldBytes() - before) / count);
  store.update(queues[0], 2_000_000n, true);
  await store.persist();
  console.log((await heldBytes() - before) / count);
  if (queues.length !== count) throw new Error("the names are gone");
}

const LEFT = 10;

async function measureChurn(root: string, count: number): Promise<void> {
  const open = (group: string) => LocalFileOffsetStore.open({ clientId: "c", group, root });
  const fresh = await open("fresh");
  for (let i = 0; i < LEFT; i++) {
    fresh.update({ topic: `left-${i}`, brokerName: "b", queueId: 0 }, 1, true);
  }
  await fresh.persist();
  const store = await open("churn");
  const before = await heldBytes();
  for (let i = 0; i < count; i++) {
    const mq = { topic: `reply-${i}`, brokerName: "b", queueId: 0 };
    store.update(mq, 1, true);
    if (i % (count / LEFT) !== 0) store.remove(mq);
    if (i % (count / LEFT) === 1) await store.persist();
  }
  await store.persist();
  if (store.status().queues !== LEFT) throw new Error("not as many are left as should be");
  console.log(await heldBytes() - before);
  let offset = 2;
  const cases = ([[fresh, "left-0"], [store, "reply-0"]] as const).map(([each, topic]): Case => ({
    name: topic,
    batch: 4,
    run() {
      each.update({ topic, brokerName: "b", queueId: 0 }, offset++, true);
      return each.persist();
    },
  }));
  const [untouched, churned] = await measure(cases, 60);
  console.log(ratio(churned.rounds, untouched.rounds));
}

/** The most memory that this process has had, in bytes. */
function peakBytes(): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    return NaN;
  }
}

async function measurePeak(root: string): Promise<void> {
  const before = peakBytes();
  const store = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root });
  console.log((peakBytes() - before) / statSync(store.path).size);
}

async function measureStores(root: string, count: number): Promise<void> {
  const use = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const place = join(root, String(i));
      const store = await LocalFileOffsetStore.open({
        clientId: "c",
        group: "g",
        root: place,
        durability: "relaxed",
      });
      store.update({ topic: "t", brokerName: "b", queueId: 0 }, 1, true);
      await store.close();
      await rm(place, { recursive: true });
    }
  };
  // What the first ones compile, and what is kept of a few, is not what many leave behind.
  const warmUp = Math.min(1000, count);
  await use(0, warmUp);
  const before = await heldBytes();
  await use(warmUp, warmUp + count);
  console.log(Math.max(0, await heldBytes() - before) / count);
}

if (import.meta.main) {
  const [root, count, how] = process.argv.slice(2);
  if (how === "maps") await measureMaps(Number(count));
  else if (how === "churn") await measureChurn(root, Number(count));
  else if (how === "peak") await measurePeak(root);
  else if (how === "stores") await measureStores(root, Number(count));
  else await main(root, Number(count), how as "load" | "update");
}
