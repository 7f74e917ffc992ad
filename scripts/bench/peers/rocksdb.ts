import { join } from "node:path";
import { type Peer, stateOf } from "./peer.ts";

export const rocksdb: Peer = {
  name: "rocksdb, sync",
  writes: "one entry",
  async open({ directory, queues }) {
    // It builds native code for minutes, so it is not among the development tools: install it to
    // have it measured.
    const name: string = "@nxtedition/rocksdb";
    const { RocksLevel } = await import(name);
    const database = new RocksLevel(join(directory, "rocks"));
    await database.open();
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
    return { name: "rocksdb, sync", persist, together, close: () => database.close() };
  },
};
