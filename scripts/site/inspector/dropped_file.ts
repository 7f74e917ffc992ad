/** A file that was given to the inspector. */
export interface DroppedFile {
  /** Its path from `/`: the folders that were dropped, and its name. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** The part of a path behind the last slash. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The part of a path up to the last slash. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
