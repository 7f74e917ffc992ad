import {
  type BigIntStats,
  closeSync,
  fchmod,
  fchown,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  fsyncSync,
  futimesSync,
  open,
  openSync,
  statSync,
  write,
  writeSync,
} from "node:fs";
import * as fs from "node:fs/promises";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { isNoLink } from "./error_code.ts";
import { type FileInfo, type FileSystem, TICK_MS, type WritableFile } from "./file_system.ts";
import { patiently } from "./patiently.ts";
import { QuickSync } from "./quick_sync.ts";

/** What is no longer than a block goes to the system's cache in less time than to another thread. */
const SMALL_WRITE = 4096;

const smallFiles = new QuickSync();
const directories = new QuickSync();

const descriptor = {
  open: promisify(open),
  write: promisify(write),
  sync: promisify(fsync),
  syncData: promisify(fdatasync),
  chmod: promisify(fchmod),
  chown: promisify(fchown),
};

/**
 * The real file system, through `node:fs`, on Deno, Bun and Node.
 *
 * Whatever may wait for the disk is asynchronous. What the system answers from its memory, a stat,
 * the opening of a directory, a close after an fsync, is not: each time a call goes to another
 * thread and back, it costs as much as ten of these.
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
      return toInfo(statSync(path, { bigint: true }));
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
      return writable(await descriptor.open(path, "wx", 0o600));
    },

    async syncFile(path) {
      // Windows wants the right to write, POSIX does not.
      await syncAndClose(openSync(path, isWindows ? "r+" : "r"));
    },

    async syncDirectory(path) {
      if (isWindows) return;
      await syncAndClose(openSync(path, "r"));
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

function writable(file: number): WritableFile {
  let isSmall = true;
  const data = new QuickSync();
  return {
    async write(bytes) {
      if (bytes.length <= SMALL_WRITE) return writeSync(file, bytes);
      isSmall = false;
      // What the typings say of a promisified write is for strings.
      return (await descriptor.write(file, bytes) as unknown as { bytesWritten: number })
        .bytesWritten;
    },
    chmod: (mode) => descriptor.chmod(file, mode),
    chown: (uid, gid) => descriptor.chown(file, uid, gid),
    async backdate() {
      const seconds = (Date.now() - 2 * TICK_MS) / 1000;
      futimesSync(file, seconds, seconds);
    },
    async stat() {
      return toInfo(fstatSync(file, { bigint: true }));
    },
    sync: () => isSmall ? sync(file, smallFiles) : descriptor.sync(file),
    syncData: () => data.run(() => fdatasyncSync(file), () => descriptor.syncData(file)),
    async close() {
      closeSync(file);
    },
  };
}

async function syncAndClose(file: number): Promise<void> {
  try {
    await sync(file, directories);
  } finally {
    closeSync(file);
  }
}

function sync(file: number, quick: QuickSync): Promise<void> {
  return quick.run(() => fsyncSync(file), () => descriptor.sync(file));
}
