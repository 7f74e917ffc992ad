import { accessSync, closeSync, readdirSync, readlinkSync } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { isNoLink } from "../errors/error_code.ts";
import type { FileSystem } from "./file_system.ts";
import { FileTooLongError, LONGEST_FILE } from "./longest_file.ts";
import { type NodeCalls, nodeCalls } from "./node_calls.ts";
import { exactInfoOf, infoOf, statNow } from "./node_stat.ts";
import { nodeWritableFile } from "./node_writable_file.ts";
import { NotRegularFileError } from "./not_regular_file_error.ts";
import { type Place, placeOf } from "./place.ts";
import { retryWhileBusy } from "./retry_while_busy.ts";
import { makeUniqueName } from "../paths.ts";

/**
 * The real file system, through `node:fs`, on Deno, Bun and Node.
 *
 * Calls that the system answers from its memory block this thread: a stat, the target of a link, the
 * opening of a directory, a close after an fsync, and a read of nothing. To hand such a call to
 * another thread costs as much as ten of them. Calls that may wait for the disk block only while the
 * disk is fast; see `BlockingWhileFast`.
 *
 * All code for Windows alone is here. In Deno it needs `--allow-read` and `--allow-write` for
 * the paths that it is given.
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

/** Makes it for a platform and its calls, so that the behaviour on Windows can be tested anywhere. */
export function makeNodeFileSystem(
  platform: string,
  calls: NodeCalls = nodeCalls,
  pause: (ms: number) => Promise<unknown> = setTimeout,
): FileSystem {
  const isWindows = platform === "win32";
  /**
   * On Windows a call can fail while another program has the file open (O6). The name of a removed
   * file is not free until that program has closed the file, so the creation of a file can fail,
   * too.
   */
  const patiently = <T>(call: () => Promise<T>): Promise<T> =>
    isWindows ? retryWhileBusy(call, pause) : call();
  return {
    async readFile(path) {
      // Opening a FIFO would wait for a writer.
      const seen = statNow(path);
      if (seen?.kind === "other") throw new NotRegularFileError(path);
      // A missing file fails in this thread: the first call in another one takes about a millisecond.
      if (seen === undefined) accessSync(path);
      const file = await patiently(() => calls.openToRead(path));
      try {
        const info = infoOf(await file.stat()) ?? exactInfoOf(await file.stat({ bigint: true }));
        if (info.size > LONGEST_FILE) throw new FileTooLongError(info.size);
        return { info, bytes: await file.readFile() };
      } finally {
        await file.close();
      }
    },

    async stat(path) {
      return statNow(path);
    },

    async readLink(path) {
      try {
        return readlinkSync(path);
      } catch (error) {
        if (isNoLink(error)) return undefined;
        throw error;
      }
    },

    async readDirectory(path) {
      return statNow(path) === undefined ? readdirSync(path) : await fs.readdir(path);
    },

    async create(path) {
      const place = placeOf(dirname(path));
      place.files = "small";
      const file = await patiently(() =>
        place.name(
          () => calls.openSync(path, "wx", 0o600),
          () => calls.open(path, "wx", 0o600),
        )
      );
      return nodeWritableFile(file, place);
    },

    async syncFile(path) {
      // Windows requires the right to write for a sync, POSIX does not.
      const flags = isWindows ? "r+" : "r";
      await patiently(() =>
        syncAndClose(() => calls.openSync(path, flags), placeOf(dirname(path)))
      );
    },

    async syncDirectory(path) {
      if (isWindows) return;
      await syncAndClose(() => calls.openSync(path, "r"), placeOf(path));
    },

    async link(existing, path) {
      const place = placeOf(dirname(path));
      await patiently(() =>
        place.name(() => calls.linkSync(existing, path), () => calls.link(existing, path))
      );
    },

    async rename(from, to) {
      const place = placeOf(dirname(to));
      await patiently(() =>
        place.name(() => calls.renameSync(from, to), () => calls.rename(from, to))
      );
    },

    async unlink(path) {
      const place = placeOf(dirname(path));
      await patiently(() => place.name(() => calls.unlinkSync(path), () => calls.unlink(path)));
    },

    async makeDirectory(path) {
      await fs.mkdir(path, { mode: 0o700 });
    },

    async chownDirectory(path, uid, gid) {
      const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
      // A descriptor, not a path: somebody else may put a link in its place at any time.
      const directory = await fs.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      try {
        await directory.chown(uid, gid);
      } finally {
        await directory.close();
      }
    },

    async removeDirectory(path) {
      await patiently(() => calls.rmdir(path));
    },

    async pause(ms, signal) {
      // An abort ends the pause, and is no error. A pause that others end may last for the life of a
      // store: it must not keep the process alive.
      await setTimeout(ms, undefined, { signal, ref: signal === undefined }).catch(() => {});
    },

    now: () => Date.now(),

    uniqueName: makeUniqueName,
  };
}

async function syncAndClose(openFile: () => number, place: Place): Promise<void> {
  const file = openFile();
  try {
    await place.sync(file);
  } finally {
    closeSync(file);
  }
}
