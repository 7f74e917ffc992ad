import { temporaryKind } from "../../../src/file/paths.ts";
import { type DroppedFile, folderOf, nameOf } from "./dropped_file.ts";

/** The role of a file in its store, judged by its name. */
export type FileRole =
  | "main"
  | "backup"
  | "pending backup"
  | "temporary file"
  | "journal"
  | "kept aside"
  | "lock";

/** Suffixes behind the name of a main file, the longest first. */
const SUFFIXES: readonly (readonly [RegExp, FileRole])[] = [
  [/\.corrupt-[^/]*$/, "kept aside"],
  [/\.[^./]+\.\d{3}Z-[0-9a-f]{8}\.bak\.tmp$/, "pending backup"],
  [/\.[^./]+\.\d{3}Z-[0-9a-f]{8}\.tmp$/, "temporary file"],
  [/\.tmp$/, "temporary file"],
  [/\.bak$/, "backup"],
  [/\.journal$/, "journal"],
  [/\.lock$/, "lock"],
];

/** A file's role, and the path of the main file of its store. */
export interface Placed {
  readonly file: DroppedFile;
  readonly role: FileRole;
  readonly main: string;
}

/** Finds the store that a file belongs to; a name without a known suffix is that of a main file. */
export function place(file: DroppedFile): Placed {
  const name = nameOf(file.path);
  for (const [pattern, role] of SUFFIXES) {
    const stem = name.replace(pattern, "");
    if (stem === name || stem === "") continue;
    const isOurs = role !== "pending backup" || temporaryKind(stem, name) === role;
    if (!isOurs) continue;
    // A journal that was kept aside has both suffixes.
    const main = role === "kept aside" ? stem.replace(/\.journal$/, "") : stem;
    return { file, role, main: folderOf(file.path) + main };
  }
  return { file, role: "main", main: file.path };
}

/** The files of each store, by the path of its main file. */
export function stores(files: readonly DroppedFile[]): Map<string, Placed[]> {
  const byMain = new Map<string, Placed[]>();
  for (const placed of files.map(place)) {
    const known = byMain.get(placed.main);
    if (known === undefined) byMain.set(placed.main, [placed]);
    else known.push(placed);
  }
  return byMain;
}
