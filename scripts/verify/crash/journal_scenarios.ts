import { serialize } from "../../../mod.ts";
import { generation } from "./generations.ts";
import { diskWith, leftByKilled } from "../disk/prepare.ts";
import type { Plan } from "./scenarios.ts";
import { systemError } from "../disk/simulated_file_system.ts";
import type { World } from "./world.ts";
import { failingDirectorySync, wrap, wrapFiles } from "../disk/replace_calls.ts";
import { deletingStore, mergingStore, shippedStore, withDoomedQueue } from "./writer.ts";

const QUEUES = 2;

/** It never outgrows the snapshot here, or after every second record. */
const LONG = { journal: { compactAtBytes: 600 } };
const SHORT = { journal: { compactAtBytes: 0 } };

const file = (n: number) => serialize(generation(n, QUEUES), { checksum: true });

/** Snapshot, first record, second record, and what may follow. */
function persistTimes(times: number, ending: "close" | "go on" = "go on") {
  return async (world: World): Promise<void> => {
    const session = await world.open();
    for (let i = 0; i < times; i++) await world.persist(session);
    if (ending === "close") await session.close!();
  };
}

async function persistThroughFailure(world: World): Promise<void> {
  const session = await world.open();
  for (let i = 0; i < 3; i++) await world.persist(session, true);
  await world.persist(session);
}

/** The n-th fdatasync fails, and what was pending is in doubt; the next ones succeed. */
function failingDataSync(n: number): NonNullable<Plan["fault"]> {
  return (fs) => {
    let syncs = 0;
    return wrapFiles(fs, (file, path) => ({
      async syncData() {
        if (++syncs !== n) return await file.syncData();
        fs.failSync(path);
        throw systemError("EIO", "fdatasync", path);
      },
    }));
  };
}

const AFTER_ONE = { floor: 1, flying: [] };
const writer = shippedStore(QUEUES, LONG);

/** What clause J5 adds: everything holds unchanged with a journal. */
export const JOURNAL_PLANS: readonly Plan[] = [
  { name: "a journal, from the first persist", writer, work: persistTimes(4) },
  {
    name: "a journal that outgrows its snapshot",
    writer: shippedStore(QUEUES, SHORT),
    work: persistTimes(6, "close"),
  },
  {
    name: "a journal on a plain file, and a clean close",
    writer,
    disk: () => diskWith({ "offset.json": file(1) }),
    start: AFTER_ONE,
    work: persistTimes(2, "close"),
  },
  {
    name: "a journal that a killed process left, and one that goes on with a journal",
    writer,
    disk: () => leftByKilled(3),
    start: { floor: 3, flying: [] },
    work: persistTimes(3),
  },
  {
    name: "a journal that a killed process left, and one that has no use for it",
    disk: () => leftByKilled(3),
    start: { floor: 3, flying: [] },
    work: persistTimes(2, "close"),
  },
  {
    name: "a journal, and a queue is deleted",
    writer: deletingStore(QUEUES, LONG),
    disk: () => diskWith({ "offset.json": serialize(withDoomedQueue(QUEUES)) }),
    start: AFTER_ONE,
    work: persistTimes(3),
  },
  {
    name: "a journal in Java's form, without checksum",
    writer: shippedStore(QUEUES, { ...LONG, format: "java", checksum: false }),
    work: persistTimes(3, "close"),
  },
  {
    name: "a journal, relaxed durability, processes are killed",
    writer: shippedStore(QUEUES, { ...SHORT, durability: "relaxed" }),
    work: persistTimes(6, "close"),
    powerCuts: false,
  },
  {
    name: "a journal whose writes are short",
    writer,
    work: persistTimes(3),
    wrap: (fs) =>
      wrapFiles(fs, (file) => ({ write: (bytes, at) => file.write(bytes.subarray(0, 150), at) })),
  },
  ...[1, 2, 3].map((n): Plan => ({
    name: `a journal, fdatasync ${n} fails`,
    writer,
    disk: () => diskWith({ "offset.json": file(1) }),
    start: AFTER_ONE,
    work: persistThroughFailure,
    fault: failingDataSync(n),
  })),
  {
    name: "a journal, the fsync of the directory that holds its name fails",
    writer,
    disk: () => diskWith({ "offset.json": file(1) }),
    start: AFTER_ONE,
    work: persistThroughFailure,
    // The load makes four, the first snapshot two.
    fault: failingDirectorySync(7),
  },
  {
    name: "a journal that cannot be removed",
    writer: shippedStore(QUEUES, SHORT),
    work: persistTimes(6),
    wrap: (fs) =>
      wrap(fs, {
        unlink: (path) =>
          path.endsWith(".journal")
            ? Promise.reject(systemError("EIO", "unlink", path))
            : fs.unlink(path),
      }),
  },
  {
    name: "a journal, and somebody else has written, and is merged",
    writer: mergingStore(QUEUES),
    disk: () => leftByKilled(2),
    start: { floor: 2, flying: [] },
    async work(world) {
      const ours = await world.open();
      await world.persist(await world.open());
      await world.persist(ours);
    },
  },
];
