/** The disks and the further troubles of operations whose calls are made to fail. */
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import type { Wrap } from "../crash/explore.ts";
import { diskWith } from "../disk/prepare.ts";
import { wrap, wrapFiles } from "../disk/replace_calls.ts";
import type { SimulatedDisk } from "../disk/simulated_disk.ts";
import { SimulatedFileSystem, systemError } from "../disk/simulated_file_system.ts";

/** A file system without hard links. */
export function withoutLinks(fs: SimulatedFileSystem): FileSystem {
  return wrap(fs, { link: (_, path) => Promise.reject(systemError("EPERM", "link", path)) });
}

/** A process was killed before it had synced the first directory that it made. */
export async function leftByKilledInMkdir(): Promise<SimulatedDisk> {
  const disk = await diskWith();
  await new SimulatedFileSystem(disk).makeDirectory("/root/c");
  return disk;
}

/** The root belongs to the consumer, and the process that acts is root's. */
export async function consumersRoot(): Promise<SimulatedDisk> {
  const disk = await diskWith();
  await new SimulatedFileSystem(disk).chownDirectory("/root", 1, 1);
  return disk;
}

/** The entry of a directory that was just made cannot be made sure. */
export function failingRootSync(isOn: () => boolean): Wrap {
  return (fs) =>
    wrap(fs, {
      syncDirectory(path) {
        if (!/^([a-z]:)?[\\/]root$/i.test(path) || !isOn()) return fs.syncDirectory(path);
        fs.failSync(path);
        return Promise.reject(systemError("EIO", "fsync", path));
      },
    });
}

/** The writer is root; the file belongs to another user and has another mode. */
export function strangersFile(fs: SimulatedFileSystem): FileSystem {
  return wrapFiles(fs, (file) => ({
    stat: async () => ({ ...await file.stat(), uid: 1, mode: 0o640 }),
  }));
}
