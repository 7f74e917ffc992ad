import { type FileInfo, isSameFile } from "../fs/file_system.ts";

/** Main and its journal as they lie there, without a look into them. */
export interface Observation {
  readonly main: FileInfo | undefined;
  readonly journal: FileInfo | undefined;
}

/** Whether nobody has changed either in between. */
export function isSameObservation(a: Observation, b: Observation): boolean {
  return isSameFile(a.main, b.main) && isSameFile(a.journal, b.journal);
}
