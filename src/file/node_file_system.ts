import type { BigIntStats } from "node:fs";
import * as fs from "node:fs/promises";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { isNoLink } from "./error_code.ts";
import type { FileInfo, FileSystem, WritableFile } from "./file_system.ts";
import { patiently } from "./patiently.ts";

/**
 * The real file system, through `node:fs`, on Deno, Bun and Node.
 *
 * What is particular to Windows is here and nowhere else. In Deno it needs `--allow-read` and
 * `--allow-write` for the paths it is given.
 *
 * @example
 * ```ts
 * import { nodeFileSystem } from "@offsetstore/rocketmq";
 *
 * const { size } = await nodeFileSystem.stat("deno.json");
 * if (size === 0n) throw new Error("deno.json is not empty");
 * ```
 */
export const nodeFileSystem: FileSystem = makeNodeFileSystem(process.platform);

/** The same for a given platform; what is particular to Windows can so be tried anywhere. */
export function makeNodeFileSystem(platform: string): FileSystem {
  const isWindows = platform === "win32";
  return {
    async readFile(path) {
      const file = await fs.open(path, "r");
      try {
        const info = toInfo(await file.stat({ bigint: true }));
        return { info, bytes: await file.readFile() };
      } finally {
        await file.close();
      }
    },

    async stat(path) {
      return toInfo(await fs.stat(path, { bigint: true }));
    },

    async readLink(path) {
      try {
        return await fs.readlink(path);
      } catch (error) {
        if (isNoLink(error)) return undefined;
        throw error;
      }
    },

    readDirectory(path) {
      return fs.readdir(path);
    },

    async create(path) {
      return writable(await fs.open(path, "wx", 0o600));
    },

    async syncFile(path) {
      // Windows wants the right to write, POSIX does not.
      await syncAndClose(await fs.open(path, isWindows ? "r+" : "r"));
    },

    async syncDirectory(path) {
      if (isWindows) return;
      await syncAndClose(await fs.open(path, "r"));
    },

    link: fs.link,

    rename(from, to) {
      const rename = () => fs.rename(from, to);
      return isWindows ? patiently(rename, setTimeout) : rename();
    },

    unlink: fs.unlink,

    async makeDirectory(path) {
      await fs.mkdir(path, { mode: 0o700 });
    },

    removeDirectory: fs.rmdir,

    pause(ms) {
      return setTimeout(ms);
    },

    uniqueName() {
      // The time first, so that a listing shows the order; the rest makes it unique.
      const time = new Date().toISOString().replaceAll(/[-:]/g, "");
      return `${time}-${crypto.randomUUID().slice(0, 8)}`;
    },
  };
}

function toInfo(stats: BigIntStats): FileInfo {
  const { dev, ino, size, mtimeNs } = stats;
  const mode = Number(stats.mode & 0o777n);
  return { dev, ino, size, mtimeNs, mode, uid: Number(stats.uid), gid: Number(stats.gid) };
}

function writable(file: fs.FileHandle): WritableFile {
  return {
    async write(bytes) {
      return (await file.write(bytes)).bytesWritten;
    },
    chmod: (mode) => file.chmod(mode),
    chown: (uid, gid) => file.chown(uid, gid),
    async stat() {
      return toInfo(await file.stat({ bigint: true }));
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

async function syncAndClose(file: fs.FileHandle): Promise<void> {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
