import {
  closeSync,
  fchmod,
  fchown,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  fsyncSync,
  futimesSync,
  linkSync,
  open,
  openSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import type { Answer } from "./answer.ts";
import { isNoLink } from "./error_code.ts";
import { type FileSystem, TICK_MS, type WritableFile } from "./file_system.ts";
import { patiently } from "./patiently.ts";
import { QuickCalls } from "./quick_calls.ts";
import { statNow, toInfo } from "./stat_now.ts";

/** What is no longer goes to the system's cache in less time than to another thread. */
const SMALL_WRITE = 128 * 1024;

/** The calls in a directory that may wait for its disk, each kind by its own pace. */
class Place {
  readonly names = new QuickCalls();
  readonly syncs = new QuickCalls();
  readonly writes = new QuickCalls();
}

const places = new Map<string, Place>();

function placeOf(directory: string): Place {
  let place = places.get(directory);
  if (place === undefined) places.set(directory, place = new Place());
  return place;
}

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
 * What the system answers from its memory, a stat, the opening of a directory, a close after an
 * fsync, is asked in this thread: each time a call goes to another one and back, it costs as much
 * as ten of these. What may wait for the disk is so as long as the disk is quick; see `QuickCalls`.
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

    stat: statNow,

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
      const place = placeOf(dirname(path));
      const file = await place.names.run(
        () => openSync(path, "wx", 0o600),
        () => descriptor.open(path, "wx", 0o600),
      );
      return writable(file, place);
    },

    async syncFile(path) {
      // Windows wants the right to write, POSIX does not.
      await syncAndClose(openSync(path, isWindows ? "r+" : "r"), placeOf(dirname(path)));
    },

    async syncDirectory(path) {
      if (isWindows) return;
      await syncAndClose(openSync(path, "r"), placeOf(path));
    },

    async link(existing, path) {
      const { names } = placeOf(dirname(path));
      await names.run(() => linkSync(existing, path), () => fs.link(existing, path));
    },

    async rename(from, to) {
      const { names } = placeOf(dirname(to));
      const rename = async () =>
        await names.run(() => renameSync(from, to), () => fs.rename(from, to));
      await (isWindows ? patiently(rename, setTimeout) : rename());
    },

    async unlink(path) {
      const { names } = placeOf(dirname(path));
      await names.run(() => unlinkSync(path), () => fs.unlink(path));
    },

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

function writable(file: number, { writes, syncs }: Place): WritableFile {
  let isSmall = true;
  const data = new QuickCalls();
  const writeAt = (bytes: Uint8Array, position: number): Answer<number> => {
    const { length } = bytes;
    const elsewhere = async () => {
      // What the typings say of a promisified write is for strings.
      const written: unknown = await descriptor.write(file, bytes, 0, length, position);
      return (written as { bytesWritten: number }).bytesWritten;
    };
    isSmall &&= length <= SMALL_WRITE;
    if (!isSmall) return elsewhere();
    return writes.run(() => writeSync(file, bytes, 0, length, position), elsewhere);
  };
  return {
    write: writeAt,
    async reserve(position, length) {
      await writeAt(new Uint8Array(length), position);
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
    sync: () => isSmall ? sync(file, syncs) : descriptor.sync(file),
    syncData: () => data.run(() => fdatasyncSync(file), () => descriptor.syncData(file)),
    async close() {
      closeSync(file);
    },
  };
}

async function syncAndClose(file: number, { syncs }: Place): Promise<void> {
  try {
    await sync(file, syncs);
  } finally {
    closeSync(file);
  }
}

async function sync(file: number, syncs: QuickCalls): Promise<void> {
  await syncs.run(() => fsyncSync(file), () => descriptor.sync(file));
}
