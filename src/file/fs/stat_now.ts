import { type BigIntStats, fstatSync, type Stats, statSync } from "node:fs";
import { isMissing } from "../errors/error_code.ts";
import type { FileInfo } from "./file_system.ts";

/** What is used here of Deno's own interface. */
export interface DenoStat {
  readonly errors: { readonly NotFound: new () => Error };
  statSync(path: string): {
    readonly dev: number;
    readonly ino: number | null;
    readonly size: number;
    readonly mtime: Date | null;
    readonly mode: number | null;
    readonly uid: number | null;
    readonly gid: number | null;
  };
}

/** Describes what a path leads to, if there is anything. */
export type Stat = (path: string) => FileInfo | undefined;

/**
 * Describes what a path leads to, and blocks until the system has answered.
 *
 * Two such calls are a part of every persist. Deno's own takes a third of the time of its
 * `node:fs`, and has the same data.
 */
export const statNow: Stat = statOf(globalThis as { readonly Deno?: DenoStat });

/** The same for a given runtime, and its `node:fs`. */
export function statOf({ Deno: deno }: { readonly Deno?: DenoStat }, ask = statSync): Stat {
  const nodeStat: Stat = (path) => {
    try {
      return infoOf(ask(path)) ?? exactInfoOf(ask(path, { bigint: true }));
    } catch (error) {
      // `throwIfNoEntry` would pass ENOTDIR for missing, too.
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  // Elsewhere somebody may have put up a name of that kind, with less behind it.
  const isDeno = deno?.statSync !== undefined && deno.errors?.NotFound !== undefined;
  return isDeno ? (path) => denoStat(deno, path, nodeStat) : nodeStat;
}

/** What fails otherwise, or is not all there, is asked of `node:fs`, whose errors are known. */
function denoStat({ statSync, errors }: DenoStat, path: string, nodeStat: Stat) {
  try {
    const { dev, ino, size, mtime, mode, uid, gid } = statSync(path);
    if (ino === null || mtime === null || mode === null || uid === null || gid === null) {
      return nodeStat(path);
    }
    const mtimeMs = mtime.getTime();
    return infoOf({ dev, ino, size, mtimeMs, mode, uid, gid }) ?? nodeStat(path);
  } catch (error) {
    // A second error would take as long as the first, several times as long as the call.
    return error instanceof errors.NotFound ? undefined : nodeStat(path);
  }
}

/** Describes an open file as `statNow` would. */
export function fstatNow(file: number, ask = fstatSync): FileInfo {
  return infoOf(ask(file)) ?? exactInfoOf(ask(file, { bigint: true }));
}

/**
 * What the store wants to know of a file; `undefined` if its device or number is no exact `number`.
 *
 * A time in binary fractions is fine enough: what was changed within `TICK_MS` is looked into in any
 * case.
 */
export function infoOf(
  { dev, ino, size, mtimeMs, mode, uid, gid }: NumberStats,
): FileInfo | undefined {
  if (!Number.isSafeInteger(ino) || !Number.isSafeInteger(dev)) return undefined;
  return { dev, ino, size, mtimeMs, mode: mode & 0o777, uid, gid };
}

type NumberStats = Pick<Stats, "dev" | "ino" | "size" | "mtimeMs" | "mode" | "uid" | "gid">;

/** The same of what is exact. */
export function exactInfoOf({ dev, ino, size, mtimeNs, mode, uid, gid }: BigIntStats): FileInfo {
  return {
    dev,
    ino,
    size: Number(size),
    // As `node:fs` makes it, so that it is the same.
    mtimeMs: Number(mtimeNs / 1_000_000_000n) * 1e3 + Number(mtimeNs % 1_000_000_000n) / 1e6,
    mode: Number(mode & 0o777n),
    uid: Number(uid),
    gid: Number(gid),
  };
}
