import { OffsetTable, serialize } from "../../mod.ts";
import { goPersist } from "../../scripts/verify/crash/peers.ts";
import type { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { queue } from "../support/store_directory.ts";
import { DIRECTORY, MAIN } from "./disk_process.ts";

/** Writes a file without syncing it. */
export type Write = (fs: SimulatedFileSystem, bytes: Uint8Array) => Promise<void>;

/** Opens a file, cuts it to nothing and writes it. */
export const inPlace = (path: string): Write => async (fs, bytes) => {
  await (await fs.truncate(path)).write(bytes, 0);
};

/** How other clients write main. */
export const WRITERS: Record<string, Write> = {
  "removes and renames, as Go does": goPersist,
  "rewrites in place, as Java does": inPlace(MAIN),
  "renames": async (fs, bytes) => {
    await inPlace(`${DIRECTORY}/theirs`)(fs, bytes);
    await fs.rename(`${DIRECTORY}/theirs`, MAIN);
  },
};

/** A table of another client: queue 0, and queue 9, which nobody else knows. */
export function theirs(offset: number, other = 7): Uint8Array {
  const table = OffsetTable.from([[queue(0), BigInt(offset)], [queue(9), BigInt(other)]]);
  return new TextEncoder().encode(serialize(table));
}
