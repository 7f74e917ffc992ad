/**
 * What is known of a file without reading it.
 *
 * If a `number` does not hold `dev` or `ino` exactly, both are bigints: rounded, two of the files of
 * Windows could look like one. A file system tells them of one file always by the same kind.
 */
export interface FileInfo {
  /** A regular file, a directory, or something else: a FIFO, a device, a socket. */
  readonly kind: "file" | "directory" | "other";
  /** The device that holds it. */
  readonly dev: number | bigint;
  /** Its number on that device. */
  readonly ino: number | bigint;
  /** Its length in bytes. */
  readonly size: number;
  /**
   * When its content, or a directory's names, were last changed, in milliseconds since 1970, as fine
   * as the runtime tells and a `number` holds: to a quarter of a microsecond.
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
 * A writer that renames makes another inode; one that writes in place leaves another time or size.
 * The time of the last status change does not count: the backup's link changes it.
 */
export function isSameFile(a: FileInfo | undefined, b: FileInfo | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isSameInode(a, b) && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** Tells whether two descriptions are of one file, changed or not. */
export function isSameInode(a: FileInfo, b: FileInfo): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** The clock for files ticks every few milliseconds on Linux, and some runtimes tell no less than one. */
const FINE_TICK_MS = 20;
/** FAT counts in two seconds; ext3, HFS+ and ext4 with small inodes in one. */
const COARSE_TICK_MS = 2000;

/**
 * How far apart two times of this file system must be to be told apart, judging by one of them.
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
  // Some clocks leave the fraction out.
  return Math.abs(Math.floor(since) - Math.floor(mtimeMs)) <= tickOf(mtimeMs);
}
