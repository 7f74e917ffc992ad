import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import type { SimulatedFileSystem } from "./simulated_file_system.ts";
import { systemError } from "./system_error.ts";

/** A file system with some of its methods replaced. */
export function wrap(fs: SimulatedFileSystem, replaced: Partial<FileSystem>): FileSystem {
  const bound: FileSystem = {
    paths: fs.paths,
    readFile: (path) => fs.readFile(path),
    stat: (path) => fs.stat(path),
    readLink: (path) => fs.readLink(path),
    readDirectory: (path) => fs.readDirectory(path),
    create: (path) => fs.create(path),
    syncFile: (path) => fs.syncFile(path),
    syncDirectory: (path) => fs.syncDirectory(path),
    link: (existing, path) => fs.link(existing, path),
    rename: (from, to) => fs.rename(from, to),
    unlink: (path) => fs.unlink(path),
    makeDirectory: (path) => fs.makeDirectory(path),
    chownDirectory: (path, uid, gid) => fs.chownDirectory(path, uid, gid),
    removeDirectory: (path) => fs.removeDirectory(path),
    pause: (ms, signal) => fs.pause(ms, signal),
    now: () => fs.now(),
    uniqueName: () => fs.uniqueName(),
  };
  return { ...bound, ...replaced };
}

/** The created files with some of their methods replaced. */
export function wrapFiles(
  fs: SimulatedFileSystem,
  replace: (file: WritableFile, path: string) => Partial<WritableFile>,
): FileSystem {
  return wrap(fs, {
    async create(path) {
      const file = await fs.create(path);
      return { ...file, ...replace(file, path) };
    },
  });
}

/** The n-th fsync of a file fails, and what was pending is in doubt; the next ones succeed. */
export function failingFileSync(n: number): (fs: SimulatedFileSystem) => FileSystem {
  return (fs) => {
    let syncs = 0;
    return wrapFiles(fs, (file, path) => ({
      async sync() {
        if (++syncs !== n) return await file.sync();
        fs.failSync(path);
        throw systemError("EIO", "fsync", path);
      },
    }));
  };
}

/** The n-th fsync of a directory fails, and what was pending is in doubt; the next ones succeed. */
export function failingDirectorySync(n: number): (fs: SimulatedFileSystem) => FileSystem {
  return (fs) => {
    let syncs = 0;
    return wrap(fs, {
      async syncDirectory(path) {
        if (++syncs !== n) return await fs.syncDirectory(path);
        fs.failSync(path);
        throw systemError("EIO", "fsync", path);
      },
    });
  };
}
