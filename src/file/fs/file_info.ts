/**
 * The description of a file that the system gives without reading it.
 *
 * If a `number` does not hold `dev` or `ino` exactly, both are bigints: two files on Windows could
 * have the same rounded number. A file system gives both always in the same type for one file.
 */
export interface FileInfo {
  /** A regular file, a directory, or something else: a FIFO, a device, a socket. */
  readonly kind: "file" | "directory" | "other";
  /** The device that holds the file. */
  readonly dev: number | bigint;
  /** The number of the file on that device. */
  readonly ino: number | bigint;
  /** Its length in bytes. */
  readonly size: number;
  /**
   * When the content of a file or the names in a directory last changed, in milliseconds since
   * 1970, as exact as the runtime tells and a `number` holds: to a quarter of a microsecond.
   */
  readonly mtimeMs: number;
  /** The permission bits, without the file type. */
  readonly mode: number;
  /** The owner's number. */
  readonly uid: number;
  /** The group's number. */
  readonly gid: number;
}

/**
 * Tells whether two descriptions are of the same, unchanged file; `undefined` stands for no file.
 *
 * A writer that renames leaves another inode. A writer that writes in place leaves another time or
 * size. The time of the last status change does not count, because the link of the backup changes
 * it.
 */
export function isSameFile(a: FileInfo | undefined, b: FileInfo | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isSameInode(a, b) && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** Tells whether two descriptions are of one file, changed or not. */
export function isSameInode(a: FileInfo, b: FileInfo): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** Linux's clock for files ticks every few milliseconds; some runtimes round to a millisecond. */
const FINE_TICK_MS = 20;
/**
 * FAT stores times in steps of two seconds; ext3, HFS+ and ext4 with small inodes of one second.
 */
const COARSE_TICK_MS = 2000;

/**
 * The least distance of two times of this file system that differ, judging by one of them.
 *
 * A time on a whole second may come from a coarse clock.
 */
export function tickOf(mtimeMs: number): number {
  return mtimeMs % 1000 === 0 ? COARSE_TICK_MS + FINE_TICK_MS : FINE_TICK_MS;
}

/**
 * Tells whether a file changed so shortly before it was looked at that the next change might show
 * neither in its time nor in its size.
 *
 * @param since When the look began, in milliseconds since 1970.
 */
export function isYoung({ mtimeMs }: FileInfo, since: number): boolean {
  // Some clocks leave out the fraction of a millisecond.
  return Math.abs(Math.floor(since) - Math.floor(mtimeMs)) <= tickOf(mtimeMs);
}
