import { join } from "node:path";
import { LocalFileOffsetStore, type OpenOptions } from "../../mod.ts";
import { queuesOf } from "./queues.ts";

/** A store that holds a table, changes one queue of it at a time, and makes that durable. */
export interface Contender {
  readonly name: string;
  /** Gives one queue a new offset and makes it durable, or all that there are together. */
  persist(): unknown;
  /** The same of so many queues at once, as many callers would; not everything is measured so. */
  together?(count: number): unknown;
  close(): unknown;
}

/** What a contender is made for: a directory of its own, and how many queues. */
export type Contest = { readonly directory: string; readonly queues: number };

/** Our store, opened one way or the other. */
export async function ours(
  name: string,
  { directory, queues: count }: Contest,
  options: Partial<OpenOptions> = {},
): Promise<Contender & { readonly store: LocalFileOffsetStore }> {
  const store = await LocalFileOffsetStore.open({
    clientId: "10.0.0.7@4711",
    group: "group",
    root: join(directory, name.replaceAll(/\W+/g, "-")),
    ...options,
  });
  const queues = queuesOf(count);
  let offset = 1_000_000n;
  for (const mq of queues) store.update(mq, offset++, true);
  await store.persist();
  let next = 0;
  return {
    name,
    store,
    persist() {
      // Far from the one before, so that they do not lie in one block of the file.
      next = (next + 7919) % count;
      store.update(queues[next], offset++, true);
      return store.persist();
    },
    close: () => store.close(),
  };
}
