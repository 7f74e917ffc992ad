import type { FileInfo } from "./file_info.ts";

/** The part of Deno's own interface that is used here. */
export interface DenoStat {
  readonly errors: { readonly NotFound: new () => Error };
  statSync(path: string): {
    readonly isFile: boolean;
    readonly isDirectory: boolean;
    readonly dev: number;
    readonly ino: number | null;
    readonly size: number;
    readonly mtime: Date | null;
    readonly mode: number | null;
    readonly uid: number | null;
    readonly gid: number | null;
  };
}

/**
 * Describes the file at a path: `undefined` if there is none, `"unknown"` if `node:fs` must tell.
 */
export type FastStat = (path: string) => FileInfo | undefined | "unknown";

/**
 * The stat of Deno's own interface: it takes a fifth of the time that `node:fs` takes on Deno (1.1 µs
 * instead of 5.6), and each record of a journal makes two such calls.
 *
 * It answers only if it has all the data that `node:fs` has. Every error but "not found" is left to
 * `node:fs`.
 *
 * @returns `undefined` on other runtimes.
 */
export function denoStatOf({ Deno: deno }: { readonly Deno?: DenoStat }): FastStat | undefined {
  // On another runtime, a program may have defined a global of this name with fewer methods.
  if (deno?.statSync === undefined || deno.errors?.NotFound === undefined) return undefined;
  const { statSync, errors } = deno;
  return (path) => {
    try {
      const { isFile, isDirectory, dev, ino, size, mtime, mode, uid, gid } = statSync(path);
      const isWhole = mtime !== null && mode !== null && uid !== null && gid !== null;
      if (!isWhole || !Number.isSafeInteger(ino) || !Number.isSafeInteger(dev)) return "unknown";
      const kind = isFile ? "file" : isDirectory ? "directory" : "other";
      return { kind, dev, ino: ino!, size, mtimeMs: mtime.getTime(), mode: mode & 0o777, uid, gid };
    } catch (error) {
      return error instanceof errors.NotFound ? undefined : "unknown";
    }
  };
}
