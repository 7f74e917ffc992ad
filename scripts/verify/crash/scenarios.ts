import { serialize } from "../../../mod.ts";
import type { Scenario } from "./explore.ts";
import { generation } from "./generations.ts";
import { JOURNAL_PLANS } from "./journal_scenarios.ts";
import { encode, goPersist } from "./peers.ts";
import { diskWith } from "../disk/prepare.ts";
import { SimulatedFileSystem, systemError } from "../disk/simulated_file_system.ts";
import type { World } from "./world.ts";
import { failingDirectorySync, failingFileSync, wrap, wrapFiles } from "../disk/replace_calls.ts";
import { deletingStore, shippedStore, withDoomedQueue } from "./writer.ts";

/** A scenario but for what is the same in most. */
export type Plan =
  & Pick<Scenario, "name" | "work">
  & Partial<Omit<Scenario, "name" | "work" | "splitRename" | "depth">>;

const QUEUES = 2;

/** What a file of this store holds, checksum included. */
function file(n: number, queues = QUEUES): string {
  return serialize(generation(n, queues), { checksum: true });
}

async function persistOnce(world: World): Promise<void> {
  await world.persist(await world.open());
}

async function persistTwice(world: World): Promise<void> {
  const session = await world.open();
  await world.persist(session);
  await world.persist(session);
}

/** One persist fails, the next one must not. */
async function persistThroughFailure(world: World): Promise<void> {
  const session = await world.open();
  await world.persist(session, true);
  await world.persist(session);
}

const AFTER_ONE = { floor: 1, flying: [] };
const TORN = file(2).slice(0, 70);

const PLANS: readonly Plan[] = [
  { name: "the first persist", work: persistTwice },
  {
    name: "persists of tables of five blocks",
    writer: shippedStore(4),
    disk: () => diskWith({ "offset.json": file(1, 4) }),
    start: AFTER_ONE,
    work: persistOnce,
  },
  {
    name: "the first persist of a table of five blocks",
    writer: shippedStore(4),
    work: persistTwice,
  },
  {
    name: "main torn, backup good",
    disk: () => diskWith({ "offset.json": TORN, "offset.json.bak": file(1) }),
    start: AFTER_ONE,
    work: persistTwice,
  },
  {
    name: "main empty, backup good",
    disk: () => diskWith({ "offset.json": "", "offset.json.bak": file(1) }),
    start: AFTER_ONE,
    work: persistTwice,
  },
  {
    name: "main missing, backup good",
    disk: () => diskWith({ "offset.json.bak": file(1) }),
    start: AFTER_ONE,
    work: persistTwice,
  },
  {
    name: "main missing, Go's temporary file complete",
    disk: () => diskWith({ "offset.json.bak": "", "offset.json.tmp": encode(1, QUEUES) }),
    start: AFTER_ONE,
    work: persistTwice,
  },
  {
    name: "main good, temporary files of Go and of ours",
    disk: () =>
      diskWith({
        "offset.json.tmp": encode(1, QUEUES).slice(0, 50),
        "offset.json.19700101T000000.000Z-00000000.tmp": file(1).slice(0, 90),
        "offset.json": file(1),
      }),
    start: AFTER_ONE,
    work: persistTwice,
  },
  {
    name: "Go wrote main last, without fsync",
    async disk() {
      const disk = await diskWith({ "offset.json": encode(1, QUEUES) });
      await goPersist(new SimulatedFileSystem(disk), encode(2, QUEUES));
      return disk;
    },
    start: { floor: 2, flying: [] },
    async work(world) {
      const session = await world.open();
      // What a power cut does before the load is done is Go's affair.
      world.moments.splice(0, world.moments.length - 1);
      await world.persist(session);
    },
  },
  {
    name: "a read from the store meets what Go wrote without fsync",
    disk: () => diskWith({ "offset.json": file(1) }),
    start: AFTER_ONE,
    async work(world) {
      const session = await world.open();
      await goPersist(world.fileSystem as SimulatedFileSystem, encode(2, QUEUES));
      await world.readStore(session, 2);
      world.moments.splice(0, world.moments.length - 1);
    },
  },
  {
    name: "a queue is deleted",
    writer: deletingStore(QUEUES),
    disk: () => diskWith({ "offset.json": serialize(withDoomedQueue(QUEUES)) }),
    start: AFTER_ONE,
    work: persistTwice,
  },
  {
    name: "nothing is usable, and is reset",
    writer: shippedStore(QUEUES, { onCorrupt: "reset" }),
    disk: () => diskWith({ "offset.json": TORN, "offset.json.bak": "" }),
    work: persistTwice,
  },
  {
    name: "somebody else has written, and is merged",
    writer: shippedStore(QUEUES, { onConflict: "merge" }),
    disk: () => diskWith({ "offset.json": file(1) }),
    start: AFTER_ONE,
    async work(world) {
      const ours = await world.open();
      await world.persist(await world.open());
      await world.persist(ours);
    },
  },
  { name: "Java's form", writer: shippedStore(QUEUES, { format: "java" }), work: persistTwice },
  { name: "no checksum", writer: shippedStore(QUEUES, { checksum: false }), work: persistTwice },
  {
    name: "relaxed durability, processes are killed",
    writer: shippedStore(QUEUES, { durability: "relaxed" }),
    work: persistTwice,
    powerCuts: false,
  },
  {
    name: "the fsync of the new file fails",
    disk: () => diskWith({ "offset.json": file(1) }),
    start: AFTER_ONE,
    work: persistThroughFailure,
    fault: failingFileSync(1),
  },
  // The load makes four: its directory, and the entries of the three directories on the way to it.
  ...[5, 6].map((n): Plan => ({
    name: `the fsync of the directory ${n === 5 ? "before" : "after"} the rename fails`,
    disk: () => diskWith({ "offset.json": file(1) }),
    start: AFTER_ONE,
    work: persistThroughFailure,
    fault: failingDirectorySync(n),
  })),
  {
    name: "the first fsyncs of new directories fail",
    work: persistThroughFailure,
    fault: failingDirectorySync(1),
  },
  {
    name: "writes are short",
    work: persistTwice,
    wrap: (fs) =>
      wrapFiles(fs, (file) => ({ write: (bytes, at) => file.write(bytes.subarray(0, 50), at) })),
  },
  {
    name: "there are no hard links",
    work: persistTwice,
    wrap: (fs) =>
      wrap(fs, { link: (_, path) => Promise.reject(systemError("EPERM", "link", path)) }),
  },
];

/** One for all that do not say who writes, which tells that their states may be the same. */
const DEFAULT_WRITER = shippedStore(QUEUES);

const ALL_PLANS = [...PLANS, ...JOURNAL_PLANS];

/** All scenarios, each with an atomic rename and with one that falls apart. */
export function scenarios(depth: number): Scenario[] {
  return ALL_PLANS.flatMap((plan) =>
    [false, true].map((splitRename) => ({
      writer: DEFAULT_WRITER,
      disk: () => diskWith(),
      start: { floor: 0, flying: [] },
      ...plan,
      name: `${plan.name}${splitRename ? ", rename not atomic" : ""}`,
      splitRename,
      depth,
    }))
  );
}
