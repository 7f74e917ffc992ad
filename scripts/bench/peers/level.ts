import { type Peer, stateOf } from "./peer.ts";

/** The part of the interface of abstract-level that is measured. */
interface Level {
  put(key: string, value: string, options: { sync: boolean }): Promise<void>;
  batch(puts: Put[], options?: { sync: boolean }): Promise<void>;
  close(): Promise<void>;
}

interface Put {
  readonly type: "put";
  readonly key: string;
  readonly value: string;
}

/** A database with the interface of abstract-level, each persist synced. */
export function levelPeer(name: string, openIn: (directory: string) => Promise<Level>): Peer {
  return {
    name,
    writes: "one entry",
    async open({ directory, queues }) {
      const database = await openIn(directory);
      const { offsets, step } = stateOf(queues);
      const putOf = (key: string): Put => ({ type: "put", key, value: String(offsets[key]) });
      await database.batch(Object.keys(offsets).map(putOf));
      const persist = () => {
        const { key, value } = putOf(step());
        return database.put(key, value, { sync: true });
      };
      const together = (count: number) => {
        // Each step raises an offset, so all are made before they are read.
        const keys = Array.from({ length: count }, step);
        return database.batch(keys.map(putOf), { sync: true });
      };
      return { name, persist, together, close: () => database.close() };
    },
  };
}
