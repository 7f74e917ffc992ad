import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { nodeFileSystem } from "../../../mod.ts";

/** A directory that holds nothing but stores that nobody has written for long. */
export interface DeadTree {
  readonly path: string;
  /** The main files of its stores. */
  readonly stores: readonly string[];
  /** When its newest file was written, in milliseconds since 1970. */
  readonly newest: number;
}

/**
 * What a directory holds.
 *
 * - `empty`: no file at all.
 * - `dead`: nothing but old files of stores.
 * - `mixed`: something else, too; some directories in it may be dead.
 */
type Found =
  | { readonly is: "empty" }
  | { readonly is: "dead"; readonly tree: DeadTree }
  | { readonly is: "mixed"; readonly dead: readonly DeadTree[] };

/**
 * Finds the dead directories below a root: the uppermost ones in which every file belongs to a store
 * and is old. Links are not followed: a directory that holds one, or any other file, stays.
 *
 * @param before A file that was written at this time or later is not old, in milliseconds since 1970.
 */
export async function findDeadTrees(root: string, before: number): Promise<DeadTree[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const found = await Array.fromAsync(
    entries.filter((entry) => entry.isDirectory()),
    (entry) => search(join(root, entry.name), before),
  );
  return found.flatMap(treesOf).sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Tells whether a directory is still dead. */
export async function isDead(path: string, before: number): Promise<boolean> {
  return (await search(path, before)).is === "dead";
}

async function search(path: string, before: number): Promise<Found> {
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Array.fromAsync(entries, (entry) => examine(path, entry, before));
  const dead = found.flatMap(treesOf);
  if (found.some(({ is }) => is === "mixed")) {
    // Its own files are no directories, and stay.
    return { is: "mixed", dead: dead.filter((tree) => tree.path !== path) };
  }
  if (dead.length === 0) return { is: "empty" };
  const stores = [...new Set(dead.flatMap((tree) => tree.stores))];
  const newest = dead.reduce((newest, tree) => Math.max(newest, tree.newest), -Infinity);
  return { is: "dead", tree: { path, stores, newest } };
}

/** A file of a store: main, or a file that is named after it. */
const STORE_FILE = /^(offsets?\.json)(?:\..+)?$/;

async function examine(directory: string, entry: Dirent, before: number): Promise<Found> {
  const path = join(directory, entry.name);
  if (entry.isDirectory()) return await search(path, before);
  const main = STORE_FILE.exec(entry.name)?.[1];
  if (!entry.isFile() || main === undefined) return { is: "mixed", dead: [] };
  const newest = (await nodeFileSystem.stat(path))?.mtimeMs ?? Infinity;
  if (newest >= before) return { is: "mixed", dead: [] };
  return { is: "dead", tree: { path: directory, stores: [join(directory, main)], newest } };
}

function treesOf(found: Found): readonly DeadTree[] {
  if (found.is === "empty") return [];
  return found.is === "dead" ? [found.tree] : found.dead;
}
