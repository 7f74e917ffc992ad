import { join } from "node:path";
import { type Peer, stateOf } from "./peer.ts";

/** A put resolves when it is committed; with an overlapping sync, that is not when it is on the disk. */
function lmdbWith(name: string, options: { overlappingSync?: boolean }): Peer {
  return {
    name,
    writes: "one entry",
    async open({ directory, queues }) {
      const { open } = await import("lmdb");
      const database = open<number, string>({
        path: join(directory, name.replaceAll(/\W+/g, "-")),
        ...options,
      });
      const { offsets, step } = stateOf(queues);
      await database.transaction(() => {
        for (const [key, offset] of Object.entries(offsets)) database.put(key, offset);
      });
      await database.flushed;
      const put = () => {
        const key = step();
        return database.put(key, offsets[key]);
      };
      const persist = async () => {
        await put();
        await database.flushed;
      };
      const together = async (count: number) => {
        await Promise.all(Array.from({ length: count }, put));
        await database.flushed;
      };
      return { name, persist, together, close: () => database.close() };
    },
  };
}

export const lmdb: Peer = lmdbWith("lmdb", {});

export const lmdbWithoutOverlap: Peer = lmdbWith("lmdb, overlapping sync off", {
  overlappingSync: false,
});
