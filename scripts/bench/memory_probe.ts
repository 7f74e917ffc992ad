/**
 * The program that tells how much memory a store needs, in a process of its own:
 *
 *     memory_probe.ts ROOT QUEUES load|update|maps
 *
 * It prints the bytes for each queue, beyond what holds the names: of the store, and then of the
 * store after a persist; or of nothing but a map from queue id to number for each broker.
 */
import process from "node:process";
import { LocalFileOffsetStore } from "../../mod.ts";
import { heldBytes } from "./garbage.ts";
import { queuesOf } from "./queues.ts";

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

if (import.meta.main) {
  const [root, count, how] = process.argv.slice(2);
  if (how === "maps") await measureMaps(Number(count));
  else await main(root, Number(count), how as "load" | "update");
}
