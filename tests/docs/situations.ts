/** The situations in which docs/persist-protocol.md lists the calls of a store. */
import { rm } from "node:fs/promises";
import { serialize } from "../../mod.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { TracedStore } from "./traced_store.ts";

const snapshot = (generation?: number) => serialize(tableOf(1), { checksum: true, generation });

/** Each situation, and the calls of the real store in it. */
export const SITUATIONS: Record<string, () => Promise<string[]>> = {
  async "A snapshot without a journal"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot() });
    const store = await traced.open();
    await traced.persist(store, 2);
    store.update(queue(0), 3, true);
    return await callsOf(traced, () => store.persist());
  },

  async "The first persist"() {
    await using traced = await TracedStore.make();
    await rm(traced.files.root, { recursive: true });
    const store = await traced.open();
    store.update(queue(0), 1, true);
    return await callsOf(traced, () => store.persist());
  },

  async "A snapshot that folds a journal"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot(1) });
    const store = await traced.open({ journal: true });
    for (const offset of [2, 3]) await traced.persist(store, offset);
    return await callsOf(traced, () => store.close());
  },

  async "A snapshot that folds a journal of another process"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot(1) });
    const first = await traced.open({ journal: true });
    await traced.persist(first, 2);
    await first.abandon();
    const store = await traced.open();
    store.update(queue(0), 3, true);
    return await callsOf(traced, () => store.persist());
  },

  async "A foreign journal"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot(1) });
    const first = await traced.open({ journal: true });
    await traced.persist(first, 2);
    await first.abandon();
    await traced.files.write("offset.json", serialize(tableOf(7)));
    const store = await traced.open();
    store.update(queue(0), 8, true);
    return await callsOf(traced, () => store.persist());
  },

  async "Beginning a journal"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot(1) });
    const store = await traced.open({ journal: true });
    store.update(queue(0), 2, true);
    return await callsOf(traced, () => store.persist());
  },

  async "Appending a record"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot(1) });
    const store = await traced.open({ journal: true });
    for (const offset of [2, 3]) await traced.persist(store, offset);
    store.update(queue(0), 4, true);
    return await callsOf(traced, () => store.persist());
  },

  async "Recovery of a bad main"() {
    await using traced = await TracedStore.make({
      "offset.json": "torn",
      "offset.json.bak": snapshot(),
    });
    const store = await traced.open();
    store.update(queue(0), 2, true);
    return await callsOf(traced, () => store.persist());
  },

  async "Merging with a lock"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot() });
    const store = await traced.open({ onConflict: "merge" });
    await traced.persist(store, 2);
    await traced.files.write("offset.json", serialize(tableOf(1, 9)));
    store.update(queue(0), 3, true);
    return await callsOf(traced, () => store.persist());
  },

  async "An open"() {
    await using traced = await TracedStore.make({ "offset.json": snapshot() });
    return await callsOf(traced, () => traced.open());
  },
};

async function callsOf(traced: TracedStore, action: () => Promise<unknown>): Promise<string[]> {
  traced.take();
  await action();
  return traced.take();
}
