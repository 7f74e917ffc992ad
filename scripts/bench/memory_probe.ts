/**
 * The program that tells how much memory a store needs, in a process of its own:
 *
 *     memory_probe.ts ROOT QUEUES load|update
 *
 * It prints the bytes for each queue, beyond what holds the names.
 */
import process from "node:process";
import { LocalFileOffsetStore } from "../../mod.ts";
import { heldBytes } from "./garbage.ts";
import { queuesOf } from "./queues.ts";

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
  const bytes = (await heldBytes() - before) / count;
  console.log(bytes);
  if (how === "update") await store.persist();
  if (queues.length !== count) throw new Error("the names are gone");
}

if (import.meta.main) {
  const [root, count, how] = process.argv.slice(2);
  await main(root, Number(count), how as "load" | "update");
}
