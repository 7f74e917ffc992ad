import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import { type DroppedFile, folderOf, nameOf } from "./dropped_file.ts";

function infoOf({ bytes, modifiedMs }: DroppedFile): FileInfo {
  const owner = { mode: 0o600, uid: 0, gid: 0 };
  return { kind: "file", dev: 0, ino: 0, size: bytes.length, mtimeMs: modifiedMs, ...owner };
}

const refuse = () =>
  Promise.reject(new Error("Cannot write a dropped file: the inspector changes nothing"));

/**
 * The dropped files as a file system that can only be read, so that the functions that `open` uses
 * read them.
 */
export function droppedFileSystem(files: readonly DroppedFile[]): FileSystem {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    paths: "posix",
    readFile(path) {
      const file = byPath.get(path);
      if (file !== undefined) return Promise.resolve({ bytes: file.bytes, info: infoOf(file) });
      return Promise.reject(Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" }));
    },
    stat(path) {
      const file = byPath.get(path);
      return Promise.resolve(file && infoOf(file));
    },
    readLink: () => Promise.resolve(undefined),
    readDirectory(path) {
      const inside = files.filter((file) => folderOf(file.path) === `${path.replace(/\/$/, "")}/`);
      return Promise.resolve(inside.map((file) => nameOf(file.path)));
    },
    syncFile: () => Promise.resolve(),
    syncDirectory: () => Promise.resolve(),
    pause: () => Promise.resolve(),
    now: () => Date.now(),
    uniqueName: () => "",
    create: refuse,
    link: refuse,
    rename: refuse,
    unlink: refuse,
    makeDirectory: refuse,
    chownDirectory: refuse,
    removeDirectory: refuse,
  };
}
