import { type FileInfo, isSameFile } from "./file_system.ts";

/** Main and its journal as they lie there, without a look into them. */
export interface Sight {
  readonly main: FileInfo | undefined;
  readonly journal: FileInfo | undefined;
}

/** Whether nobody has changed either in between. */
export function isSameSight(a: Sight, b: Sight): boolean {
  return isSameFile(a.main, b.main) && isSameFile(a.journal, b.journal);
}
