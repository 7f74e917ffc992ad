/**
 * The protocol with one step taken away or moved: each must lose data somewhere, or else the step,
 * or the simulation, is good for nothing.
 */
import { serialize } from "../../../mod.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import type { Scenario } from "./explore.ts";
import { generation } from "./generations.ts";
import { encode, goPersist } from "./peers.ts";
import { diskWith } from "../disk/prepare.ts";
import { SimulatedFileSystem } from "../disk/simulated_file_system.ts";
import type { World } from "./world.ts";
import { wrap, wrapFiles } from "../disk/replace_calls.ts";
import { MAIN, shippedStore } from "./writer.ts";

const QUEUES = 2;
const DIRECTORY = MAIN.slice(0, MAIN.lastIndexOf("/"));

/** Ignores the fsyncs of directories that come in the given phase of a persist. */
function withoutDirectorySync(phase: "before" | "after") {
  return (fs: SimulatedFileSystem): FileSystem => {
    let now: "load" | "before" | "after" = "load";
    return wrap(fs, {
      create(path) {
        now = "before";
        return fs.create(path);
      },
      rename(from, to) {
        now = "after";
        return fs.rename(from, to);
      },
      async syncDirectory(path) {
        if (now !== phase || path !== DIRECTORY) await fs.syncDirectory(path);
        if (now === "after") now = "load";
      },
    });
  };
}

async function persistTwice(world: World): Promise<void> {
  const session = await world.open();
  await world.persist(session);
  await world.persist(session);
}

async function persistThrice(world: World): Promise<void> {
  const session = await world.open();
  for (let i = 0; i < 3; i++) await world.persist(session);
}

/** Loads what Go left in the cache; what comes before is Go's affair. */
async function loadOnly(world: World): Promise<void> {
  await world.open();
  world.moments.splice(0, world.moments.length - 1);
}

/** How many turns the second of two writers is behind the first: a whole persist, in the end. */
const LAGS = Array.from({ length: 40 }, (_, i) => 3 * i);

function twoWriters(lag: number) {
  return async (world: World): Promise<void> => {
    await world.persistTogether(await world.open(), await world.open(), lag);
  };
}

async function unsyncedMain() {
  const disk = await diskWith({ "offset.json": encode(1, QUEUES) });
  await goPersist(new SimulatedFileSystem(disk), encode(2, QUEUES));
  return disk;
}

type Sabotage = Pick<Scenario, "name"> & Partial<Scenario>;

const good = serialize(generation(1, QUEUES), { checksum: true });

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: "without the fsync of the new file",
    wrap: (fs) => wrapFiles(fs, () => ({ sync: async () => {} })),
  },
  {
    name: "with the fsync of the new file after the rename",
    wrap: (fs) => ({
      ...wrapFiles(fs, () => ({ sync: async () => {} })),
      async rename(from, to) {
        await fs.rename(from, to);
        await fs.syncFile(to);
      },
    }),
  },
  {
    name: "without the barrier before the rename",
    wrap: withoutDirectorySync("before"),
    splitRename: true,
  },
  {
    name: "without the fsync of the directory after the rename",
    wrap: withoutDirectorySync("after"),
  },
  {
    name: "without the fsync of new directories",
    wrap: (fs) =>
      wrap(fs, {
        async syncDirectory(path) {
          if (path === DIRECTORY) await fs.syncDirectory(path);
        },
      }),
  },
  {
    name: "without the load's fsync of the file",
    wrap: (fs) => wrap(fs, { syncFile: async () => {} }),
    disk: unsyncedMain,
    start: { floor: 2, flying: [] },
    work: loadOnly,
  },
  {
    name: "without the load's fsync of the directory",
    wrap: (fs) => wrap(fs, { syncDirectory: async () => {} }),
    disk: unsyncedMain,
    start: { floor: 2, flying: [] },
    work: loadOnly,
  },
  ...LAGS.map((lag): Sabotage => ({
    name: "without O_EXCL and unique names, two writers",
    wrap: (fs) => wrap(fs, { create: (path) => fs.truncate(path), uniqueName: () => "0" }),
    work: twoWriters(lag),
  })),
  {
    name: "a main that was not validated becomes the backup",
    disk: () => diskWith({ "offset.json": good.slice(0, 70), "offset.json.bak": good }),
    start: { floor: 1, flying: [] },
    wrap: (fs) =>
      wrap(fs, {
        async create(path) {
          await fs.unlink(`${MAIN}.bak`).catch(() => {});
          await fs.link(MAIN, `${MAIN}.bak`).catch(() => {});
          return await fs.create(path);
        },
      }),
  },
  {
    name: "a short write is taken for a whole one",
    wrap: (fs) =>
      wrapFiles(fs, (file) => {
        let given = 0;
        return {
          async write(bytes, position) {
            given += bytes.length;
            await file.write(bytes.subarray(0, 100), position);
            return bytes.length;
          },
          stat: async () => ({ ...await file.stat(), size: given }),
        };
      }),
  },
];

const JOURNALED = shippedStore(QUEUES, { journal: { compactAtBytes: 600 } });

/** The last step of a journal's protocol, after which its records count. */
const beginJournal = (change: (fs: SimulatedFileSystem) => Partial<FileSystem>) => ({
  writer: JOURNALED,
  work: persistThrice,
  wrap: (fs: SimulatedFileSystem) => wrap(fs, change(fs)),
});

const JOURNAL_SABOTAGES: readonly Sabotage[] = [
  {
    name: "without the fdatasync of a record",
    writer: JOURNALED,
    work: persistThrice,
    wrap: (fs) => wrapFiles(fs, () => ({ syncData: async () => {} })),
  },
  {
    name: "without the fsync of the directory after a journal is begun",
    ...beginJournal((fs) => {
      let isBegun = false;
      return {
        async create(path) {
          isBegun = path.endsWith(".journal");
          return await fs.create(path);
        },
        async syncDirectory(path) {
          if (!isBegun) await fs.syncDirectory(path);
          isBegun = false;
        },
      };
    }),
  },
  {
    name: "a journal is removed before the snapshot that replaces it is there",
    ...beginJournal((fs) => ({
      async create(path) {
        if (path.endsWith(".tmp")) await fs.unlink(`${MAIN}.journal`).catch(() => {});
        return await fs.create(path);
      },
    })),
    async work(world) {
      await persistThrice(world);
      await world.persist(await world.open());
    },
  },
];

/** Each sabotage as a scenario. */
export function sabotages(): Scenario[] {
  return [...SABOTAGES, ...JOURNAL_SABOTAGES].map((sabotage) => ({
    writer: shippedStore(QUEUES),
    disk: () => diskWith(),
    start: { floor: 0, flying: [] },
    work: persistTwice,
    splitRename: false,
    depth: 1,
    ...sabotage,
  }));
}

/** The control for the sabotages: the same work with all steps in place. */
export function unsabotaged(): Scenario[] {
  return sabotages().map(({ name, ...scenario }) => ({
    ...scenario,
    name: `with it: ${name}`,
    wrap: undefined,
  }));
}
