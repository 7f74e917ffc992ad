import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describeSystemError } from "../output/system_error.ts";

/** A store under a root: its main file's path, and the directory levels in between. */
export interface FoundStore {
  readonly path: string;
  readonly levels: readonly string[];
}

/** All that was found under a root, and the directories that could not be looked into. */
export interface FoundStores {
  readonly stores: FoundStore[];
  readonly unreadable: { readonly path: string; readonly reason: string }[];
}

// The main file may be missing while a backup or a leftover shows that there was one.
const STORE_FILE = /^(offsets?\.json)(?:\.bak|(?:\..+)?\.tmp)?$/;

/** Looks for stores in a root and two levels down; an empty client id or group makes no level. */
export async function findStores(root: string): Promise<FoundStores> {
  const found: FoundStores = { stores: [], unreadable: [] };
  await search(root, [], await readdir(root, { withFileTypes: true }), found);
  return found;
}

async function search(
  directory: string,
  levels: readonly string[],
  entries: readonly Dirent[],
  found: FoundStores,
): Promise<void> {
  const names = entries.map(({ name }) => STORE_FILE.exec(name)?.[1]);
  for (const name of new Set(names.filter((name) => name !== undefined))) {
    found.stores.push({ path: join(directory, name), levels });
  }
  if (levels.length === 2) return;
  const sorted = [...entries].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of sorted.filter((entry) => entry.isDirectory())) {
    const path = join(directory, entry.name);
    try {
      const inner = await readdir(path, { withFileTypes: true });
      await search(path, [...levels, entry.name], inner, found);
    } catch (error) {
      found.unreadable.push({ path, reason: describeSystemError(error) });
    }
  }
}
