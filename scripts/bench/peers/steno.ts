import { join } from "node:path";
import { type Peer, stateOf } from "./peer.ts";

export const steno: Peer = {
  name: "steno",
  writes: "the whole table",
  async open({ directory, queues }) {
    const { Writer } = await import("steno");
    const writer = new Writer(join(directory, "steno.json"));
    const { offsets, step } = stateOf(queues);
    const persist = () => (step(), writer.write(JSON.stringify({ offsets })));
    await persist();
    return { name: "steno", persist, close() {} };
  },
};
