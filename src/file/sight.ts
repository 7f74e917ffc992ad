import { type FileInfo, type FileSystem, isSameFile } from "./file_system.ts";
import { journalOf } from "./journal_file.ts";
import { statIfThere } from "./stat_if_there.ts";

/** Main and its journal as they lie there, without a look into them. */
export interface Sight {
  readonly main: FileInfo | undefined;
  readonly journal: FileInfo | undefined;
}

/** Looks at both. */
export async function lookAt(fileSystem: FileSystem, path: string): Promise<Sight> {
  const main = await statIfThere(fileSystem, path);
  return { main, journal: await statIfThere(fileSystem, journalOf(path)) };
}

/** Whether nobody has changed either in between. */
export function isSameSight(a: Sight, b: Sight): boolean {
  return isSameFile(a.main, b.main) && isSameFile(a.journal, b.journal);
}
