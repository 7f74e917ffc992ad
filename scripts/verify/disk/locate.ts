import type { PathStyle } from "../../../src/file/path_rules.ts";
import { type Ino, ROOT, type SimulatedDisk } from "./simulated_disk.ts";
import { systemError } from "./system_error.ts";

/** Where a path's entry is or would be. */
export interface Place {
  readonly directory: Ino;
  readonly name: string;
  /** The node at the path; `undefined` if there is none. */
  readonly ino: Ino | undefined;
}

/**
 * Finds the place of a path; the call is for the error. On Windows both separators do, and a drive may
 * stand before the first.
 */
export function locate(
  disk: SimulatedDisk,
  style: PathStyle,
  call: string,
  path: string,
): Place {
  const names = namesOf(path, style);
  const name = names.at(-1);
  // The root has no entry: it is its own, under no name.
  if (name === undefined) return { directory: ROOT, name: "", ino: ROOT };
  let directory = ROOT;
  const entriesOf = (ino: Ino) => {
    const node = disk.nodes.get(ino)!;
    if (node.kind !== "directory") throw systemError("ENOTDIR", call, path);
    return node.entries;
  };
  for (const each of names.slice(0, -1)) {
    const next = entriesOf(directory).get(each);
    if (next === undefined) throw systemError("ENOENT", call, path);
    directory = next;
  }
  return { directory, name, ino: entriesOf(directory).get(name) };
}

/** Whether a path leads to something below another. */
export function isBelow(path: string, above: string, style: PathStyle): boolean {
  const [names, start] = [namesOf(path, style), namesOf(above, style)];
  return names.length > start.length && start.every((name, i) => name === names[i]);
}

/** The paths of a simulation are few, and each is looked up over and over. */
const namesByPath = new Map<string, readonly string[]>();
const MOST_PATHS = 10_000;

function namesOf(path: string, style: PathStyle): readonly string[] {
  const key = `${style} ${path}`;
  let names = namesByPath.get(key);
  if (names === undefined) {
    if (namesByPath.size >= MOST_PATHS) namesByPath.clear();
    namesByPath.set(key, names = splitPath(path, style));
  }
  return names;
}

function splitPath(path: string, style: PathStyle): string[] {
  const names = style === "posix" ? path.split("/") : path.replace(/^[a-z]:/i, "").split(/[\\/]/);
  return names.filter((name) => name !== "");
}
