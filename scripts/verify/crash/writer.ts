import { LocalFileOffsetStore, OffsetTable, type OpenOptions } from "../../../mod.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import { generation, generationOf, queueOf } from "./generations.ts";

/** Something that keeps generations in files: our store, or a model of somebody else's. */
export interface Writer {
  readonly name: string;
  /** How many queues a generation has; with it grows the number of blocks. */
  readonly queues: number;
  /** Loads; rejects if it refuses to. */
  open(fileSystem: FileSystem): Promise<Session>;
}

export interface Session {
  /** The loaded generation; 0 if nothing, `undefined` if it is no generation at all. */
  readonly generation: number | undefined;
  /** How it was loaded, for the story. */
  readonly outcome: string;
  persist(n: number): Promise<void>;
  /** The offsets in memory, which no failure may change. */
  readonly memory?: () => OffsetTable;
  /** Which generation a read from the store finds. */
  readonly readStore?: () => Promise<number>;
  /** Ends it; what is durable stays what it is. */
  readonly close?: () => Promise<void>;
}

export const MAIN = "/root/c/g/offset.json";

/** The store that is shipped. */
export function shippedStore(queues: number, options: Partial<OpenOptions> = {}): Writer {
  return {
    name: "this store",
    queues,
    async open(fileSystem) {
      const store = await openStore(fileSystem, options);
      return {
        ...sessionOf(store),
        generation: generationOf(store.snapshot(), queues),
        async persist(n) {
          updateAll(store, queues, n);
          await store.persist();
          // A compaction goes on behind it, and a second writer must not meet that: only one of them
          // would be noticed. Whether it fails is for the next persist to say.
          if (options.journal) await store.persist().catch(() => {});
        },
      };
    },
  };
}

export const DOOMED = { topic: "doomed", brokerName: "b", queueId: 0 };

/** Generation 1, and a queue that the step to the next generation deletes. */
export function withDoomedQueue(queues: number): OffsetTable {
  return OffsetTable.from([...generation(1, queues), [DOOMED, 1n]]);
}

/** The store that is shipped; its generation 1 has a queue more, and the next persist deletes it. */
export function deletingStore(queues: number, options: Partial<OpenOptions> = {}): Writer {
  return {
    name: "this store",
    queues,
    async open(fileSystem) {
      const store = await openStore(fileSystem, options);
      const table = store.snapshot();
      const n = table.equals(withDoomedQueue(queues)) ? 1 : generationOf(table, queues);
      return {
        ...sessionOf(store),
        generation: n === 1 && !table.has(DOOMED) ? undefined : n,
        async persist(n) {
          updateAll(store, queues, n);
          await (store.peek(DOOMED) === 1n ? store.deleteDurable(DOOMED) : store.persist());
        },
      };
    },
  };
}

function openStore(
  fileSystem: FileSystem,
  options: Partial<OpenOptions>,
): Promise<LocalFileOffsetStore> {
  return LocalFileOffsetStore.open({
    clientId: "c",
    group: "g",
    root: fileSystem.paths === "win32" ? "C:\\root" : "/root",
    // Without a listener, each failure in the background would be a warning of the process.
    onDiagnostic: () => {},
    ...options,
    fileSystem,
  });
}

function sessionOf(
  store: LocalFileOffsetStore,
): Pick<Session, "outcome" | "memory" | "readStore" | "close"> {
  const { kind, source, journalRecords } = store.loadOutcome;
  const records = journalRecords === 0 ? "" : ` and ${journalRecords} records`;
  return {
    close: () => store.close(),
    outcome: source === undefined ? kind : `${kind} from ${source}${records}`,
    memory: () => store.snapshot(),
    readStore: async () => Number(await store.read(queueOf(0), "store")),
  };
}

function updateAll(store: LocalFileOffsetStore, queues: number, n: number): void {
  for (let id = 0; id < queues; id++) store.update(queueOf(id), n, true);
}

const FOREIGN = { topic: "foreign", brokerName: "b", queueId: 0 };

/** The generation that somebody else writes, behind the back of the one who merges. */
const OVERTAKING = 3;

/**
 * The store that is shipped, merging. Generation 3 brings a queue that only its writer knows, and
 * that all who merge must keep.
 */
export function mergingStore(queues: number): Writer {
  return {
    name: "this store",
    queues,
    async open(fileSystem) {
      const store = await openStore(fileSystem, { onConflict: "merge" });
      const own = () => OffsetTable.from([...store.snapshot()].filter(([mq]) => mq.topic === "t"));
      const n = generationOf(own(), queues);
      const isWhole = store.snapshot().has(FOREIGN) === (n !== undefined && n >= OVERTAKING);
      return {
        ...sessionOf(store),
        memory: own,
        generation: isWhole ? n : undefined,
        async persist(n) {
          updateAll(store, queues, n);
          if (n === OVERTAKING) store.update(FOREIGN, n, true);
          await store.persist();
        },
      };
    },
  };
}
