import {
  closeSync,
  fchmod,
  fchown,
  fdatasync,
  fdatasyncSync,
  fsync,
  futimesSync,
  write,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import type { MaybePromise } from "./maybe_promise.ts";
import { type FileInfo, TICK_MS, type WritableFile } from "./file_system.ts";
import type { Place } from "./place.ts";
import { BlockingWhileFast } from "./blocking_while_fast.ts";
import { fstatNow } from "./stat_now.ts";

/** What is no longer goes to the system's cache in less time than to another thread. */
const SMALL_WRITE = 128 * 1024;
/** Deno copies what another thread is to write, and that of megabytes would be a stall. */
const LARGEST_WRITE = 1024 * 1024;

/**
 * Linux keeps what one call writes as one piece, if there is memory for that, and looks through all
 * of the piece whenever a part of it is synced. What is written page by page is kept so.
 */
const PAGE = 4096;
const ZEROS = new Uint8Array(PAGE);

const elsewhere = {
  write: promisify(write),
  sync: promisify(fsync),
  syncData: promisify(fdatasync),
  chmod: promisify(fchmod),
  chown: promisify(fchown),
};

/** The parts of so many bytes from a position on, by the pages of the file: where each begins and ends. */
export function* pagesOf(
  position: number,
  length: number,
): Generator<[start: number, end: number]> {
  const all = position + length;
  for (let start = position, end; start < all; start = end) {
    end = Math.min(start - start % PAGE + PAGE, all);
    yield [start, end];
  }
}

/** A new file of the real file system, that is open. */
export function nodeWritableFile(file: number, place: Place): WritableFile {
  let isSmall = true;
  const data = new BlockingWhileFast();
  const writeAt = (bytes: Uint8Array, position: number): MaybePromise<number> => {
    const { length } = bytes;
    const writeElsewhere = async () => {
      // What the typings say of a promisified write is for strings.
      const most = Math.min(length, LARGEST_WRITE);
      const written: unknown = await elsewhere.write(file, bytes, 0, most, position);
      return (written as { bytesWritten: number }).bytesWritten;
    };
    if (length <= SMALL_WRITE) {
      return place.writes.run(() => writeSync(file, bytes, 0, length, position), writeElsewhere);
    }
    isSmall = false;
    place.isLarge = true;
    return writeElsewhere();
  };
  return {
    write(bytes, position) {
      // Who syncs this file, here, does so once a record is written: one call, as far as time goes.
      const isFirstPart = bytes.length <= PAGE && data.begin();
      return isFirstPart
        ? writeSync(file, bytes, 0, bytes.length, position)
        : writeAt(bytes, position);
    },
    async reserve(position, length) {
      for (const [start, end] of pagesOf(position, length)) {
        await writeAt(ZEROS.subarray(0, end - start), start);
      }
      // The others may have had their turn since the record was written.
      data.begin();
    },
    chmod: (mode) => elsewhere.chmod(file, mode),
    chown: (uid, gid) => elsewhere.chown(file, uid, gid),
    async backdate() {
      const seconds = (Date.now() - 2 * TICK_MS) / 1000;
      futimesSync(file, seconds, seconds);
    },
    async stat(): Promise<FileInfo> {
      return fstatNow(file);
    },
    sync: () => isSmall ? place.sync(file) : elsewhere.sync(file),
    syncData: () => data.run(() => fdatasyncSync(file), () => elsewhere.syncData(file)),
    async close() {
      closeSync(file);
    },
  };
}
