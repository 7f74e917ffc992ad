import { type BigIntStats, fstatSync, type Stats, statSync } from "node:fs";
import { isMissing } from "../errors/error_code.ts";
import { type DenoStat, denoStatOf, type FastStat } from "./deno_stat.ts";
import type { FileInfo } from "./file_info.ts";

const fastStat: FastStat = denoStatOf(globalThis as { readonly Deno?: DenoStat }) ??
  (() => "unknown");

/** Describes the file that a path leads to, and blocks until the system has answered. */
export function statNow(path: string): FileInfo | undefined {
  const info = fastStat(path);
  return info === "unknown" ? nodeStat(path) : info;
}

/** The same by `node:fs`. */
export function nodeStat(path: string, ask = statSync): FileInfo | undefined {
  try {
    return infoOf(ask(path)) ?? exactInfoOf(ask(path, { bigint: true }));
  } catch (error) {
    // `throwIfNoEntry` would take ENOTDIR for missing, too.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Describes an open file as `statNow` does. */
export function fstatNow(file: number, ask = fstatSync): FileInfo {
  return infoOf(ask(file)) ?? exactInfoOf(ask(file, { bigint: true }));
}

/** The description of a file; `undefined` if a `number` does not hold its numbers exactly. */
export function infoOf(stats: Stats): FileInfo | undefined {
  const { dev, ino, size, mtimeMs, mode, uid, gid } = stats;
  if (!Number.isSafeInteger(ino) || !Number.isSafeInteger(dev)) return undefined;
  return { kind: kindOf(stats), dev, ino, size, mtimeMs, mode: mode & 0o777, uid, gid };
}

/** The description of a file from exact stats. */
export function exactInfoOf(stats: BigIntStats): FileInfo {
  const { dev, ino, size, mtimeNs, mode, uid, gid } = stats;
  return {
    kind: kindOf(stats),
    dev,
    ino,
    size: Number(size),
    // As `node:fs` computes `mtimeMs`, so that both are equal.
    mtimeMs: Number(mtimeNs / 1_000_000_000n) * 1e3 + Number(mtimeNs % 1_000_000_000n) / 1e6,
    mode: Number(mode & 0o777n),
    uid: Number(uid),
    gid: Number(gid),
  };
}

function kindOf(stats: Pick<Stats, "isFile" | "isDirectory">): FileInfo["kind"] {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "directory" : "other";
}
