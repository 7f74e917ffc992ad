/** The operations in the matrix of failing calls: each one of the store, from each kind of disk. */
import { serialize } from "../../../mod.ts";
import { OffsetTable } from "../../../src/core/mod.ts";
import type { Scenario, Wrap } from "../crash/explore.ts";
import { generation } from "../crash/generations.ts";
import { encode } from "../crash/peers.ts";
import { diskWith, leftByKilled } from "../disk/prepare.ts";
import type { World } from "../crash/world.ts";
import {
  consumersRoot,
  failingRootSync,
  leftByKilledInMkdir,
  strangersFile,
  withoutLinks,
} from "./failing_calls_troubles.ts";
import {
  deletingStore,
  DOOMED,
  mergingStore,
  type Session,
  shippedStore,
  withDoomedQueue,
} from "../crash/writer.ts";

const QUEUES = 2;

export interface Operation
  extends Pick<Scenario, "name" | "writer" | "disk" | "start" | "wrap" | "paths"> {
  /** The operation that meets failures. */
  readonly act: "open" | "persist" | "read" | "close";
  /** The undisturbed work before; returns the session that acts, if the operation is not `open`. */
  readonly prepare?: (world: World) => Promise<Session>;
  /** A second trouble, for as long as the operation takes; instead of `wrap`. */
  readonly trouble?: (isOn: () => boolean) => Wrap;
  /** The offsets in memory after an attempt to persist a generation, and before it. */
  readonly memory: (n: number, acknowledged: boolean, before: OffsetTable) => OffsetTable;
  /** Whether there are so many crashes that a test tries fewer of its cases. */
  readonly isCostly?: boolean;
  /** Whether main is extended by a journal. */
  readonly hasJournal?: boolean;
  /** Whether a persist ends in a compaction, whose failure is no failure of the persist. */
  readonly compacts?: boolean;
  /** Whether the options ask to put files aside that cannot be read. */
  readonly resets?: boolean;
}

function file(n: number): string {
  return serialize(generation(n, QUEUES), { checksum: true });
}

const open = (world: World) => world.open();

async function openAndPersist(world: World): Promise<Session> {
  const session = await world.open();
  await world.persist(session);
  return session;
}

const LONG = shippedStore(QUEUES, { journal: { compactAtBytes: 600 } });
const SHORT = shippedStore(QUEUES, { journal: { compactAtBytes: 0 } });

function persistBefore(times: number) {
  return async (world: World): Promise<Session> => {
    const session = await world.open();
    for (let i = 0; i < times; i++) await world.persist(session);
    return session;
  };
}

/** Somebody else opens and persists behind the back of the one who acts. */
async function openAndBeOvertaken(world: World): Promise<Session> {
  const session = await world.open();
  await world.persist(await world.open());
  return session;
}

type Plan = Pick<Operation, "name" | "act"> & Partial<Operation> & {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The generation that those files hold. */
  readonly holds?: number;
};

const BOTH = { "offset.json": file(2), "offset.json.bak": file(1) };
const TORN = { "offset.json": file(2).slice(0, 70), "offset.json.bak": file(1) };
const LOST = { "offset.json": file(2).slice(0, 70), "offset.json.bak": "" };

const PLANS: readonly Plan[] = [
  { name: "load, no file", act: "open" },
  { name: "load", act: "open", files: BOTH, holds: 2 },
  { name: "load, main torn", act: "open", files: TORN, holds: 1 },
  {
    name: "load, main missing, temporary file complete",
    act: "open",
    files: { "offset.json.bak": file(1), "offset.json.tmp": encode(2, QUEUES) },
    holds: 1,
  },
  {
    name: "load, main missing, backup empty, temporary file complete",
    act: "open",
    files: { "offset.json.bak": "", "offset.json.tmp": encode(2, QUEUES) },
    holds: 2,
  },
  {
    name: "load, temporary files of ours are left",
    act: "open",
    files: { ...BOTH, "offset.json.19700101T000000.000Z-00000000.tmp": file(2).slice(0, 50) },
    holds: 2,
  },
  { name: "first persist", act: "persist", prepare: open },
  { name: "first persist as root", act: "persist", prepare: open, disk: consumersRoot },
  {
    name: "first persist, a directory cannot be made sure",
    act: "persist",
    prepare: open,
    trouble: failingRootSync,
  },
  {
    name: "first persist, a directory of one who was killed cannot be made sure",
    act: "persist",
    prepare: open,
    disk: leftByKilledInMkdir,
    trouble: failingRootSync,
  },
  {
    name: "persist to another's file",
    act: "persist",
    prepare: open,
    files: BOTH,
    holds: 2,
    wrap: strangersFile,
  },
  { name: "persist after load", act: "persist", prepare: open, files: BOTH, holds: 2 },
  { name: "later persist", act: "persist", prepare: openAndPersist, files: BOTH, holds: 2 },
  {
    name: "later persist, no hard links",
    act: "persist",
    prepare: openAndPersist,
    files: BOTH,
    holds: 2,
    wrap: withoutLinks,
    isCostly: true,
  },
  { name: "persist after recovery", act: "persist", prepare: open, files: TORN, holds: 1 },
  {
    name: "persist after recovery, no hard links",
    act: "persist",
    prepare: open,
    files: TORN,
    holds: 1,
    wrap: withoutLinks,
  },
  {
    name: "onCorrupt reset",
    act: "open",
    writer: shippedStore(QUEUES, { onCorrupt: "reset" }),
    files: LOST,
  },
  {
    name: "onCorrupt reset, but the files are good",
    act: "open",
    writer: shippedStore(QUEUES, { onCorrupt: "reset" }),
    files: BOTH,
    holds: 2,
    resets: true,
  },
  {
    name: "persist after reset",
    act: "persist",
    prepare: open,
    writer: shippedStore(QUEUES, { onCorrupt: "reset" }),
    files: LOST,
  },
  {
    name: "merge on conflict",
    act: "persist",
    prepare: openAndBeOvertaken,
    writer: mergingStore(QUEUES),
    isCostly: true,
    files: BOTH,
    holds: 2,
  },
  {
    name: "deleteDurable",
    act: "persist",
    prepare: open,
    writer: deletingStore(QUEUES),
    files: { "offset.json": serialize(withDoomedQueue(QUEUES)) },
    holds: 1,
    memory: (n, acknowledged, before) => {
      const isThere = before.has(DOOMED) && !acknowledged;
      return OffsetTable.from([
        ...generation(n, QUEUES),
        ...isThere ? [[DOOMED, 1n] as const] : [],
      ]);
    },
  },
  { name: "read from the store", act: "read", prepare: openAndBeOvertaken, files: BOTH, holds: 2 },
  {
    name: "load, a journal",
    act: "open",
    hasJournal: true,
    writer: LONG,
    disk: () => leftByKilled(3),
    start: { floor: 3, flying: [] },
  },
  {
    name: "persist after the load of a journal",
    act: "persist",
    prepare: open,
    writer: LONG,
    disk: () => leftByKilled(3),
    start: { floor: 3, flying: [] },
  },
  { name: "first record of a journal", act: "persist", prepare: openAndPersist, writer: LONG },
  { name: "later record of a journal", act: "persist", prepare: persistBefore(2), writer: LONG },
  {
    name: "journal outgrown",
    act: "persist",
    prepare: persistBefore(3),
    writer: SHORT,
    isCostly: true,
    compacts: true,
  },
  { name: "close with a journal", act: "close", prepare: persistBefore(2), writer: LONG },
  {
    name: "read from the store, a journal",
    act: "read",
    prepare: openAndBeOvertaken,
    writer: LONG,
    disk: () => leftByKilled(3),
    start: { floor: 3, flying: [] },
  },
];

export const OPERATIONS: readonly Operation[] = PLANS.map(({ files, holds = 0, ...plan }) => ({
  writer: shippedStore(QUEUES),
  disk: () => diskWith(files),
  start: { floor: holds, flying: [] },
  memory: (n) => generation(n, QUEUES),
  ...plan,
}));
