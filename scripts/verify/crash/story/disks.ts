import { serialize } from "../../../../mod.ts";
import { locate } from "../../disk/locate.ts";
import { diskWith } from "../../disk/prepare.ts";
import type { SimulatedDisk } from "../../disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../disk/simulated_file_system.ts";
import { MAIN } from "../writer.ts";
import type { Situation } from "./situation.ts";
import { strangerActs, strangersText } from "./strangers.ts";
import { EMPTY, type Table, toOffsetTable } from "./table.ts";

/** Two tables, the second lower in one queue and without another: none is a mix of the two. */
const NEW: Table = new Map([[0, 2], [1, 1]]);
const OLD: Table = new Map([[0, 1], [2, 1]]);

interface Start {
  readonly disk: () => Promise<SimulatedDisk>;
  /** The answer that a load must give. */
  readonly durable: Table;
  /** Whether the files are not such as this store leaves them without a crash. */
  readonly hadStrangers?: true;
  readonly isUnsynced?: true;
}

const ours = (table: Table) => serialize(toOffsetTable(table), { checksum: true });
const TORN = ours(NEW).slice(0, 70);

/** The root directory, and what others made below it and did not sync. */
async function madeByOthers(make: (fs: SimulatedFileSystem) => Promise<void>) {
  const disk = await diskWith();
  await make(new SimulatedFileSystem(disk));
  return disk;
}

/** The disks with which a story may begin. */
const STARTS = {
  "nothing": { disk: () => diskWith(), durable: EMPTY },
  "main": { disk: () => diskWith({ "offset.json": ours(NEW) }), durable: NEW },
  "main and backup": {
    disk: () => diskWith({ "offset.json": ours(NEW), "offset.json.bak": ours(OLD) }),
    durable: NEW,
  },
  "main of another user": {
    disk: async () => {
      const disk = await diskWith({ "offset.json": ours(NEW) });
      const { ino } = locate(disk, "posix", "stat", MAIN);
      Object.assign(disk.file(ino!), { uid: 1000, gid: 100, mode: 0o640 });
      return disk;
    },
    durable: NEW,
  },
  "main of Go's, nothing synced": {
    disk: () => madeByOthers((fs) => strangerActs(fs, "go", NEW)),
    durable: NEW,
    hadStrangers: true,
    isUnsynced: true,
  },
  "directories of others, not synced": {
    disk: () =>
      madeByOthers(async (fs) => {
        await fs.makeDirectory("/root/c");
        await fs.makeDirectory("/root/c/g");
      }),
    durable: EMPTY,
    hadStrangers: true,
    isUnsynced: true,
  },
  "main torn, backup good": {
    disk: () => diskWith({ "offset.json": TORN, "offset.json.bak": ours(OLD) }),
    durable: OLD,
    hadStrangers: true,
  },
  "main empty, backup good": {
    disk: () => diskWith({ "offset.json": "", "offset.json.bak": ours(OLD) }),
    durable: OLD,
    hadStrangers: true,
  },
  "main missing, backup good": {
    disk: () => diskWith({ "offset.json.bak": ours(OLD) }),
    durable: OLD,
    hadStrangers: true,
  },
  "main missing, Go's temporary file complete": {
    disk: () => diskWith({ "offset.json.bak": "", "offset.json.tmp": strangersText(NEW) }),
    durable: NEW,
    hadStrangers: true,
  },
  "main good, temporary files of Go and of ours": {
    disk: () =>
      diskWith({
        "offset.json.tmp": strangersText(OLD).slice(0, 50),
        "offset.json.0.tmp": ours(OLD).slice(0, 90),
        "offset.json": ours(NEW),
      }),
    durable: NEW,
    hadStrangers: true,
  },
  "nothing is usable": {
    disk: () => diskWith({ "offset.json": TORN, "offset.json.bak": "" }),
    durable: EMPTY,
    hadStrangers: true,
  },
} as const satisfies Readonly<Record<string, Start>>;

export type DiskName = keyof typeof STARTS;

export const DISK_NAMES = Object.keys(STARTS) as readonly DiskName[];

/** Makes the disk that a story begins with. */
export function makeDisk(name: DiskName): Promise<SimulatedDisk> {
  return STARTS[name].disk();
}

/** The disk with which a story begins. */
export function startOf(name: DiskName, splitRename: boolean): Situation {
  const start: Start = STARTS[name];
  return {
    durable: start.durable,
    attempts: [],
    undone: [],
    isUnfinished: false,
    mayMissMain: false,
    hadStrangers: start.hadStrangers ?? false,
    isUnsynced: start.isUnsynced ?? false,
    mayRefuse: false,
    splitRename,
    tags: new Set(),
  };
}
