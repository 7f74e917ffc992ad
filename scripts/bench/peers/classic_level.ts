import { join } from "node:path";
import { type Peer, stateOf } from "./peer.ts";

export const classicLevel: Peer = {
  name: "classic-level, sync",
  writes: "one entry",
  async open({ directory, queues }) {
    const { ClassicLevel } = await import("classic-level");
    const database = new ClassicLevel<string, string>(join(directory, "level"));
    const { offsets, step } = stateOf(queues);
    const all = Object.entries(offsets);
    await database.batch(all.map(([key, value]) => ({ type: "put", key, value: String(value) })));
    const persist = () => {
      const key = step();
      return database.put(key, String(offsets[key]), { sync: true });
    };
    const together = (count: number) => {
      const keys = Array.from({ length: count }, step);
      const puts = keys.map((key) => ({ type: "put", key, value: String(offsets[key]) }) as const);
      return database.batch(puts, { sync: true });
    };
    return { name: "classic-level, sync", persist, together, close: () => database.close() };
  },
};
