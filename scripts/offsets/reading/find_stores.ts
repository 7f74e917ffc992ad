import type { Dirent } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../../src/file/errors/error_code.ts";
import { naturalOrder } from "../output/natural_order.ts";
import { describeSystemError } from "../output/system_error.ts";

/** A store under a root: its main file's path, and the directory levels in between. */
export interface FoundStore {
  readonly path: string;
  readonly levels: readonly string[];
}

/** A directory that could not be looked into. */
export interface UnreadableDirectory {
  readonly path: string;
  readonly reason: string;
}

/** All that was found under a root. */
export interface FoundStores {
  readonly stores: readonly FoundStore[];
  readonly unreadable: readonly UnreadableDirectory[];
}

// The main file may be missing while a backup, a journal or a leftover shows that there was one.
const STORE_FILE = /^(offsets?\.json)(?:\.bak|\.journal|(?:\..+)?\.tmp)?$/;

/** How runtimes show a name that is not UTF-8. */
const REPLACEMENT = "\ufffd";

interface Directory {
  readonly path: string;
  readonly levels: readonly string[];
}

/** Looks for stores in a root and at any depth below, through links to directories, too. */
export async function findStores(root: string): Promise<FoundStores> {
  const search = new Search();
  await search.run({ path: root, levels: [] });
  return search;
}

class Search implements FoundStores {
  readonly stores: FoundStore[] = [];
  readonly unreadable: UnreadableDirectory[] = [];
  /** The directories that were looked into; a link that leads back to one is not followed. */
  readonly #seen = new Set<string>();
  /** Links come last: a directory is listed under its own name, if that is below the root. */
  readonly #links: Directory[] = [];

  /** Looks into the root, which must be readable, and all that is below. */
  async run(root: Directory): Promise<void> {
    await this.#isNew(root.path);
    const pending = await this.#look(root, await readdir(root.path, { withFileTypes: true }));
    for (;;) {
      const next = pending.pop() ?? this.#links.shift();
      if (next === undefined) return;
      try {
        if (!await this.#isNew(next.path)) continue;
        const entries = await readdir(next.path, { withFileTypes: true });
        pending.push(...await this.#look(next, entries));
      } catch (error) {
        this.unreadable.push({ path: next.path, reason: describeSystemError(error) });
      }
    }
  }

  async #isNew(path: string): Promise<boolean> {
    const { dev, ino } = await stat(path, { bigint: true });
    // Some file systems of Windows number no files.
    const id = ino ? `${dev}:${ino}` : path;
    return this.#seen.size < this.#seen.add(id).size;
  }

  /** Notes the stores in a directory; answers the directories in it. */
  async #look({ path, levels }: Directory, entries: readonly Dirent[]): Promise<Directory[]> {
    const names = entries.map(({ name }) => STORE_FILE.exec(name)?.[1]);
    for (const name of new Set(names.filter((name) => name !== undefined))) {
      this.stores.push({ path: join(path, name), levels });
    }
    const below: Directory[] = [];
    for (const entry of [...entries].sort((a, b) => naturalOrder(b.name, a.name))) {
      const inner = { path: join(path, entry.name), levels: [...levels, entry.name] };
      if (await isUnnameable(inner.path, entry)) {
        this.unreadable.push({ path: inner.path, reason: "its name is not UTF-8; rename it" });
      } else if (entry.isDirectory()) below.push(inner);
      else if (entry.isSymbolicLink()) await this.#noteLink(inner);
    }
    return below;
  }

  async #noteLink(link: Directory): Promise<void> {
    try {
      if ((await stat(link.path)).isDirectory()) this.#links.push(link);
    } catch (error) {
      // A link to nothing is no store.
      if (errorCode(error) === "ENOENT") return;
      this.unreadable.push({ path: link.path, reason: describeSystemError(error) });
    }
  }
}

/** A name that is not UTF-8 is shown as another one, which leads to nothing. */
async function isUnnameable(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.name.includes(REPLACEMENT) || entry.isFile()) return false;
  return await lstat(path).then(() => false, (error) => errorCode(error) === "ENOENT");
}
