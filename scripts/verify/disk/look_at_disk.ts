/** The content of a simulated disk, seen past every fault. */
import { OffsetTable, parse } from "../../../mod.ts";
import { readJournal } from "../../../src/core/format/read_journal.ts";
import { decode } from "../../../src/core/mod.ts";
import { generation } from "../crash/generations.ts";
import type { SimulatedDisk } from "./simulated_disk.ts";
import { SimulatedFileSystem } from "./simulated_file_system.ts";
import { MAIN } from "../crash/writer.ts";

const DIRECTORY = MAIN.slice(0, MAIN.lastIndexOf("/"));

function tableOf(bytes: Uint8Array, read: (bytes: Uint8Array) => OffsetTable): OffsetTable {
  try {
    return read(bytes);
  } catch {
    return OffsetTable.empty;
  }
}

const snapshotOf = (bytes: Uint8Array): OffsetTable => parse(decode(bytes));

/** Each persist of the simulation changes all queues, so the last record alone holds a generation. */
const recordsOf = (bytes: Uint8Array): OffsetTable => readJournal(bytes).table;

/** The names beside main; none if there is no directory. */
async function names(disk: SimulatedDisk): Promise<string[]> {
  return await new SimulatedFileSystem(disk).readDirectory(DIRECTORY).catch(() => []);
}

/** The table of main; nothing if main is missing or no offset file. */
export async function mainOf(disk: SimulatedDisk): Promise<OffsetTable> {
  if (!(await names(disk)).includes("offset.json")) return OffsetTable.empty;
  return tableOf((await new SimulatedFileSystem(disk).readFile(MAIN)).bytes, snapshotOf);
}

/** Whether some file, under whatever name, holds a generation; 0 needs none. */
export async function holdsGeneration(
  disk: SimulatedDisk,
  n: number,
  queues: number,
): Promise<boolean> {
  const fs = new SimulatedFileSystem(disk);
  for (const name of await names(disk)) {
    const { bytes } = await fs.readFile(`${DIRECTORY}/${name}`);
    const read = name.endsWith(".journal") ? recordsOf : snapshotOf;
    if (tableOf(bytes, read).forTopic("t").equals(generation(n, queues))) return true;
  }
  return n === 0;
}

/** The store's own temporary files. */
export async function litter(disk: SimulatedDisk): Promise<string[]> {
  return (await names(disk)).filter((name) => /^offset\.json\..+\.tmp$/.test(name));
}
