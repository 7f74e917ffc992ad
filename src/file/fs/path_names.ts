import path, { type PlatformPath } from "node:path";

/** No path of POSIX that a store makes begins so, since all of them are absolute. */
const DRIVE = /^[a-z]:[\\/]/i;

/** The functions for a path: one with a drive is a path of Windows, wherever it is looked at. */
function functionsFor(text: string): PlatformPath {
  return DRIVE.test(text) ? path.win32 : path;
}

/** The directory of a path. */
export function dirname(text: string): string {
  return functionsFor(text).dirname(text);
}

/** The last name of a path. */
export function basename(text: string): string {
  return functionsFor(text).basename(text);
}

/** Tells whether the target of a link at a path is a path of its own. */
export function isAbsoluteTarget(target: string, link: string): boolean {
  return functionsFor(link).isAbsolute(target);
}

/**
 * The directories from a root down to one below it, both included; only that one if it lies elsewhere.
 */
export function directoriesBetween(root: string, directory: string): string[] {
  const { relative, sep, isAbsolute, dirname } = functionsFor(root);
  const way = relative(root, directory);
  if (way === "") return [root];
  // On Windows a path to another drive stays absolute.
  if (way.split(sep)[0] === ".." || isAbsolute(way)) return [directory];
  return [...directoriesBetween(root, dirname(directory)), directory];
}
