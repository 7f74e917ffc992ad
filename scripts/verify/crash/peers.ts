/**
 * The protocols of other writers, as the sequences of calls that they make on a file system, each
 * with its own way to load. Written from their observable behaviour.
 */
import { parse, serialize } from "../../../mod.ts";
import { decode } from "../../../src/core/mod.ts";
import type { WritableFile } from "../../../src/file/fs/file_system.ts";
import { generation, generationOf } from "./generations.ts";
import type { SimulatedFileSystem } from "../disk/simulated_file_system.ts";
import { MAIN, type Writer } from "./writer.ts";

const DIRECTORY = MAIN.slice(0, MAIN.lastIndexOf("/"));
const BACKUP = `${MAIN}.bak`;
const TEMPORARY = `${MAIN}.tmp`;

type Persist = (fs: SimulatedFileSystem, bytes: Uint8Array) => Promise<void>;

/** Java's client since 5.1.0: main is copied to the backup, then both are rewritten in place. */
export const inPlace: Persist = async (fs, bytes) => {
  const previous = await readIfThere(fs, MAIN);
  if (previous !== undefined) await writeAll(await fs.truncate(BACKUP), previous);
  await writeAll(await fs.truncate(MAIN), bytes);
};

/** Go's client: the backup is always empty, and main is removed before the rename. */
export const goPersist: Persist = async (fs, bytes) => {
  await writeAll(await fs.truncate(TEMPORARY), bytes);
  if (await readIfThere(fs, MAIN) !== undefined) {
    await (await fs.truncate(BACKUP)).close();
    await fs.unlink(MAIN);
  }
  await fs.rename(TEMPORARY, MAIN);
};

function renaming(syncFile: boolean, syncDirectory: boolean): Persist {
  return async (fs, bytes) => {
    const file = await fs.truncate(TEMPORARY);
    await file.write(bytes, 0);
    if (syncFile) await file.sync();
    await file.close();
    await fs.rename(TEMPORARY, MAIN);
    if (syncDirectory) await fs.syncDirectory(DIRECTORY);
  };
}

/** Main, or else the backup: what all but Go's client do, who has none to look at. */
function peer(name: string, persist: Persist, usesBackup: boolean): Writer {
  return {
    name,
    queues: 1,
    async open(fileSystem) {
      const fs = fileSystem as SimulatedFileSystem;
      for (const path of usesBackup ? [MAIN, BACKUP] : [MAIN]) {
        const bytes = await readIfThere(fs, path);
        if (bytes === undefined || bytes.length === 0) continue;
        try {
          const n = generationOf(parse(decode(bytes)), 1);
          return { generation: n, outcome: path, persist: (n) => persist(fs, encode(n)) };
        } catch {
          // Not an offset file: as if it were not there.
        }
      }
      return { generation: 0, outcome: "empty", persist: (n) => persist(fs, encode(n)) };
    },
  };
}

export const PEERS: readonly Writer[] = [
  peer("in place, copied backup (Java's client)", inPlace, true),
  peer("remove, then rename, empty backup (Go's client)", goPersist, false),
  peer("tmp, rename", renaming(false, false), false),
  peer("tmp, fsync, rename", renaming(true, false), false),
  peer("tmp, fsync, rename, fsync directory", renaming(true, true), false),
];

/** A generation as the bytes of a file without a checksum, which only this module writes. */
export function encode(n: number, queues = 1): Uint8Array {
  return new TextEncoder().encode(serialize(generation(n, queues)));
}

async function writeAll(file: WritableFile, bytes: Uint8Array): Promise<void> {
  await file.write(bytes, 0);
  await file.close();
}

async function readIfThere(fs: SimulatedFileSystem, path: string): Promise<Uint8Array | undefined> {
  try {
    return (await fs.readFile(path)).bytes;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
