import { closeSync, linkSync, open, openSync, renameSync, unlinkSync } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { isNoLink } from "../errors/error_code.ts";
import type { FileSystem } from "./file_system.ts";
import { nodeWritableFile } from "./node_writable_file.ts";
import { retryWhileBusy } from "./retry_while_busy.ts";
import { type Place, placeOf } from "./place.ts";
import { exactInfoOf, infoOf, statNow } from "./stat_now.ts";

const openElsewhere = promisify(open);

/**
 * The real file system, through `node:fs`, on Deno, Bun and Node.
 *
 * What the system answers from its memory, a stat, the opening of a directory, a close after an
 * fsync, is asked in this thread: each time a call goes to another one and back, it costs as much
 * as ten of these. What may wait for the disk is so as long as the disk is quick; see `BlockingWhileFast`.
 *
 * What is particular to Windows is here and nowhere else. In Deno it needs `--allow-read` and
 * `--allow-write` for the paths it is given.
 *
 * @example
 * ```ts
 * import { nodeFileSystem } from "@offsetstore/rocketmq";
 *
 * const info = await nodeFileSystem.stat("deno.json");
 * if (info === undefined || info.size === 0) throw new Error("deno.json is there, and not empty");
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
        const info = infoOf(await file.stat()) ?? exactInfoOf(await file.stat({ bigint: true }));
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
      place.isLarge = false;
      const file = await place.name(
        () => openSync(path, "wx", 0o600),
        () => openElsewhere(path, "wx", 0o600),
      );
      return nodeWritableFile(file, place);
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
      const place = placeOf(dirname(path));
      await place.name(() => linkSync(existing, path), () => fs.link(existing, path));
    },

    async rename(from, to) {
      const place = placeOf(dirname(to));
      const rename = async () =>
        await place.name(() => renameSync(from, to), () => fs.rename(from, to));
      await (isWindows ? retryWhileBusy(rename, setTimeout) : rename());
    },

    async unlink(path) {
      const place = placeOf(dirname(path));
      await place.name(() => unlinkSync(path), () => fs.unlink(path));
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

async function syncAndClose(file: number, place: Place): Promise<void> {
  try {
    await place.sync(file);
  } finally {
    closeSync(file);
  }
}
