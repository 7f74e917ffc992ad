import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import type { WritableFile } from "../../../src/file/fs/file_system.ts";
import { BLOCK, type Ino, type Rights, type SimulatedDisk } from "./simulated_disk.ts";
import { systemError } from "./system_error.ts";

const MOST_RESERVED = 2.5 * BLOCK;

/** The process that has a file open, as far as the file asks it. */
export interface Opener {
  readonly disk: SimulatedDisk;
  readonly user: Omit<Rights, "mode">;
  /** By how many ticks of the clock a file is made older. */
  readonly backdatedBy: number;
  /** Is called before each micro-operation, with what it will be. */
  beforeStep(what: string): void;
  infoOf(ino: Ino): FileInfo;
}

/** A file of the simulated disk that is open for writing; it stays the same whatever its name becomes. */
export function simulatedWritableFile(opener: Opener, ino: Ino, path: string): WritableFile {
  const { disk, user } = opener;
  const isRoot = user.uid === 0;
  const sync = (call: string) => {
    opener.beforeStep(`${call} ${path}`);
    disk.syncFile(ino);
  };
  return {
    async write(bytes, position) {
      for (let done = 0; done < bytes.length;) {
        const at = position + done;
        const end = done + Math.min(bytes.length - done, BLOCK - at % BLOCK);
        opener.beforeStep(`write block ${Math.floor(at / BLOCK)} of ${path}`);
        disk.changeData(ino, { kind: "block", at, bytes: bytes.slice(done, end) });
        done = end;
      }
      return bytes.length;
    },
    async truncate(length) {
      opener.beforeStep(`cut ${path} to ${length} bytes`);
      disk.changeData(ino, { kind: "truncate", length });
    },
    // As one block, however long: nobody can tell how many of the zeros are there. And so short
    // that a record may end behind it.
    reserve: async (position, length) => {
      opener.beforeStep(`make room in ${path}`);
      const bytes = new Uint8Array(Math.min(length, MOST_RESERVED));
      disk.changeData(ino, { kind: "block", at: position, bytes });
    },
    backdate: async () => {
      disk.file(ino).mtime = ++disk.clock - opener.backdatedBy;
    },
    chmod: async (mode) => {
      const file = disk.file(ino);
      if (!isRoot && file.uid !== user.uid) throw systemError("EPERM", "fchmod", path);
      file.mode = mode;
    },
    chown: async (uid, gid) => {
      const file = disk.file(ino);
      const isHarmless = file.uid === user.uid && uid === user.uid && gid === user.gid;
      if (!isRoot && !isHarmless) throw systemError("EPERM", "fchown", path);
      Object.assign(file, { uid, gid });
    },
    stat: async () => opener.infoOf(ino),
    sync: async () => sync("fsync"),
    syncData: async () => sync("fdatasync"),
    close: async () => {},
  };
}
