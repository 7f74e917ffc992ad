/** Packages that write a file anew. */
import { join } from "node:path";
import { type Peer, stateOf } from "./peer.ts";

type Write = (path: string, text: string) => unknown;

function fileWriter(name: string, load: () => Promise<Write>): Peer {
  return {
    name,
    writes: "the whole table",
    async open({ directory, queues }) {
      const write = await load();
      const { offsets, step } = stateOf(queues);
      const path = join(directory, `${name}.json`);
      const persist = () => {
        step();
        return write(path, JSON.stringify({ offsets }));
      };
      await persist();
      return { name, persist, close() {} };
    },
  };
}

export const writeFileAtomic: Peer = fileWriter(
  "write-file-atomic",
  async () => (await import("write-file-atomic")).default,
);

export const atomically: Peer = fileWriter(
  "atomically",
  async () => (await import("atomically")).writeFile,
);
