import { join } from "node:path";
import { type Peer, stateOf } from "./peer.ts";

interface Kv {
  set(key: readonly string[], value: unknown): Promise<unknown>;
  close(): void;
}

export const denoKv: Peer = {
  name: "Deno KV",
  writes: "one entry",
  async open({ directory, queues }) {
    const { Deno } = globalThis as { Deno?: { openKv?(path: string): Promise<Kv> } };
    if (Deno?.openKv === undefined) throw new Error("only in Deno, with --unstable-kv");
    // Its transactions are too short to fill a large one in reasonable time.
    if (queues > 1000) throw new Error("it takes too long to fill");
    const kv = await Deno.openKv(join(directory, "kv.db"));
    const { offsets, step } = stateOf(queues);
    const persist = () => {
      const key = step();
      return kv.set(["offset", key], BigInt(offsets[key]));
    };
    await persist();
    return { name: "Deno KV", persist, close: () => kv.close() };
  },
};
