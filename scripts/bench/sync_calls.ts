import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { basename } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PEERS } from "./peers/all.ts";
import { MARK } from "./sync_probe.ts";

const PROBE = fileURLToPath(new URL("sync_probe.ts", import.meta.url));

/** What each store syncs in one persist, as strace sees it; empty where it cannot be used. */
export async function countSyncCalls(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [i, { name }] of PEERS.entries()) {
    const log = `${directory}-${i}.log`;
    const deno = process.versions.deno === undefined ? [] : ["run", "-A", "--unstable-kv"];
    const command = [process.execPath, ...deno, PROBE, name, `${directory}-${i}`];
    try {
      const filter = "trace=fsync,fdatasync,sync_file_range,msync,openat,open";
      await promisify(execFile)("strace", ["-f", "-y", "-o", log, "-e", filter, ...command]);
      found.set(name, describe(await readFile(log, "utf8")));
    } catch {
      // No strace, or the store is not to be had on this runtime.
    } finally {
      await rm(log, { force: true });
    }
  }
  return found;
}

/** What lies between the two marks of a trace. */
export function describe(trace: string): string {
  const [, between = ""] = trace.split(MARK);
  const calls = [...between.matchAll(/(fsync|fdatasync|msync)\(\d+<([^>]*)>/g)];
  // Each of these stores gives its files a dot, and none does so to a directory.
  const isDirectory = (path: string) => !basename(path).includes(".");
  const files = calls.filter(([, , path]) => !isDirectory(path)).length;
  const directories = calls.length - files;
  const parts = [
    ...files > 0 ? [files === 1 ? "file" : `file, ${files} times`] : [],
    ...directories > 0 ? [directories === 1 ? "directory" : `directory, ${directories} times`] : [],
  ];
  return parts.length === 0 ? "nothing" : parts.join("; ");
}
