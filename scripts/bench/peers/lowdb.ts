import { join } from "node:path";
import { type Peer, stateOf } from "./peer.ts";

export const lowdb: Peer = {
  name: "lowdb",
  writes: "the whole table",
  async open({ directory, queues }) {
    const { JSONFilePreset } = await import("lowdb/node");
    const { offsets, step } = stateOf(queues);
    const database = await JSONFilePreset(join(directory, "lowdb.json"), { offsets });
    const persist = () => (step(), database.write());
    await persist();
    return { name: "lowdb", persist, close() {} };
  },
};
