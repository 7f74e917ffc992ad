import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Makes the names in a directory durable. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  fsyncSync(directory);
  closeSync(directory);
}

/** Replaces a file, durably, by its first half. */
export function tear(path: string, beforeRename: () => void): void {
  const bytes = readFileSync(path);
  const torn = `${path}.torn`;
  writeFileSync(torn, bytes.subarray(0, bytes.length >> 1), { flush: true });
  beforeRename();
  renameSync(torn, path);
  syncDirectory(dirname(path));
}
