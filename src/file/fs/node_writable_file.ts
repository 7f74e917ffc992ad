import {
  closeSync,
  fchmod,
  fchown,
  fdatasync,
  fdatasyncSync,
  fsync,
  ftruncate,
  futimesSync,
  write,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { BlockingFile } from "./blocking_file.ts";
import type { WritableFile } from "./file_system.ts";
import { tickOf } from "./file_info.ts";
import { fstatNow } from "./node_stat.ts";
import type { Place } from "./place.ts";

/**
 * Writing up to this many bytes to the system's cache takes less time than waking another thread.
 */
const SMALL_WRITE = 128 * 1024;
/**
 * Deno copies the bytes for another thread; to copy many megabytes at once would block this one.
 */
const LARGEST_WRITE = 4 * 1024 * 1024;

/**
 * A large write may be cached as one large folio, which Linux scans whole on each sync. Room is
 * written page by page to avoid that.
 */
const PAGE = 4096;
const ZEROS = new Uint8Array(PAGE);

const elsewhere = {
  write: promisify(write),
  sync: promisify(fsync),
  syncData: promisify(fdatasync),
  chmod: promisify(fchmod),
  chown: promisify(fchown),
  truncate: promisify(ftruncate),
};

/** Divides a range at the pages of the file: yields where each part begins and ends. */
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

/** A new file of the real file system that is open for writing. */
export function nodeWritableFile(file: number, place: Place): WritableFile {
  let size: Place["files"] = "small";
  const writeAt = (bytes: Uint8Array, position: number): Promise<number> => {
    const { length } = bytes;
    const writeElsewhere = async () => {
      const most = Math.min(length, LARGEST_WRITE);
      // The types of a promisified write are those for strings.
      const written: unknown = await elsewhere.write(file, bytes, 0, most, position);
      return (written as { bytesWritten: number }).bytesWritten;
    };
    if (length <= SMALL_WRITE) {
      const writeHere = () => writeSync(file, bytes, 0, length, position);
      return place.writes.run(writeHere, writeElsewhere);
    }
    size = place.files = "large";
    return writeElsewhere();
  };
  const writable: WritableFile = {
    write: writeAt,
    async reserve(position, length) {
      for (const [start, end] of pagesOf(position, length)) {
        await writeAt(ZEROS.subarray(0, end - start), start);
      }
    },
    truncate: (length) => elsewhere.truncate(file, length),
    chmod: (mode) => elsewhere.chmod(file, mode),
    chown: (uid, gid) => elsewhere.chown(file, uid, gid),
    async backdate() {
      const now = Date.now();
      // The time is not a whole second, so that a coarse clock shows when the time is read back.
      const fine = now + 0.5;
      setTime(file, fine - 2 * tickOf(fine));
      const { mtimeMs } = fstatNow(file);
      if (tickOf(mtimeMs) > tickOf(fine)) setTime(file, now - 2 * tickOf(mtimeMs));
    },
    stat: async () => fstatNow(file),
    sync: () => size === "small" ? place.sync(file) : elsewhere.sync(file),
    syncData: () => place.dataSyncs.run(() => fdatasyncSync(file), () => elsewhere.syncData(file)),
    async close() {
      closeSync(file);
    },
  };
  BlockingFile.remember(writable, new BlockingFile(file, place));
  return writable;
}

function setTime(file: number, ms: number): void {
  futimesSync(file, ms / 1000, ms / 1000);
}
