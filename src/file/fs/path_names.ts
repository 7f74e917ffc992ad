import path, { type PlatformPath } from "node:path";

/** A path of a store on POSIX is absolute, so it never begins like this. */
const DRIVE = /^[a-z]:[\\/]/i;

/** The functions for a path. A path with a drive is a path of Windows, on any platform. */
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

/** Tells whether the target of a link is an absolute path. */
export function isAbsoluteTarget(target: string, link: string): boolean {
  return functionsFor(link).isAbsolute(target);
}

/**
 * The directories from a root down to a directory below it, both included. If the directory does
 * not lie below the root, only the directory.
 */
export function directoriesBetween(root: string, directory: string): string[] {
  const { relative, sep, isAbsolute, dirname } = functionsFor(root);
  const way = relative(root, directory);
  if (way === "") return [root];
  // On Windows a path to another drive stays absolute.
  if (way.split(sep)[0] === ".." || isAbsolute(way)) return [directory];
  return [...directoriesBetween(root, dirname(directory)), directory];
}
